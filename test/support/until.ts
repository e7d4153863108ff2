import { setTimeout as wait } from 'node:timers/promises';

/** How long a test waits for what has to come: less than jest's own timeout, so that the failure says what did not come. */
export const PATIENCE_MS = 30_000;

/** Resolves with the first truthy value of `probe`, asked every few milliseconds. Rejects after `withinMs`, saying what was not seen. */
export const until = async <T>(
  probe: () => T | Promise<T>,
  withinMs: number = PATIENCE_MS,
): Promise<NonNullable<T>> => {
  for (const endsAt = performance.now() + withinMs; ; await wait(5)) {
    const value = await probe();
    if (value) return value;
    if (performance.now() > endsAt) throw new Error(`Waited ${withinMs} ms in vain for ${probe}`);
  }
};
