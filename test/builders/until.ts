import { setTimeout as wait } from 'node:timers/promises';

const DEADLINE_MS = 10_000;

/** Resolves with the first truthy value of `probe`, asked every few milliseconds. Rejects after 10 s, saying what was not seen. */
export const until = async <T>(probe: () => T | Promise<T>): Promise<NonNullable<T>> => {
  for (const endsAt = performance.now() + DEADLINE_MS; ; await wait(5)) {
    const value = await probe();
    if (value) return value;
    if (performance.now() > endsAt) throw new Error(`Waited ${DEADLINE_MS} ms in vain for ${probe}`);
  }
};
