import { setTimeout as wait } from 'node:timers/promises';

/** Longest wait of a test for an effect. It is shorter than jest's timeout, so that the failure names the effect. */
export const PATIENCE_MS = 30_000;

/**
 * Calls `probe` every few milliseconds and resolves with its first truthy value. Rejects after `withinMs`, naming the
 * probe.
 */
export const until = async <T>(
  probe: () => T | Promise<T>,
  withinMs: number = PATIENCE_MS,
): Promise<NonNullable<T>> => {
  for (const endsAt = performance.now() + withinMs; ; await wait(5)) {
    const value = await probe();
    if (value) return value;
    if (performance.now() > endsAt) throw new Error(`Waited ${withinMs} ms without success for ${probe}`);
  }
};
