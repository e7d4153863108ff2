import { setTimeout as wait } from 'node:timers/promises';

/** How long a test waits for what has to come: less than jest's own timeout, so that the failure says what did not come. */
export const PATIENCE_MS = 30_000;

/** Resolves with the first truthy value of `probe`, asked every few milliseconds. Rejects after {@link PATIENCE_MS}, saying what was not seen. */
export const until = async <T>(probe: () => T | Promise<T>): Promise<NonNullable<T>> => {
  for (const endsAt = performance.now() + PATIENCE_MS; ; await wait(5)) {
    const value = await probe();
    if (value) return value;
    if (performance.now() > endsAt) throw new Error(`Waited ${PATIENCE_MS} ms in vain for ${probe}`);
  }
};
