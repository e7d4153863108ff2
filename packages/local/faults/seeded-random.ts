import { createHash } from 'node:crypto';

/**
 * Numbers from 0 (included) to 1 (excluded), the same for a seed and a name each time: mulberry32. Each kind of fault
 * has its own, so that one does not shift another.
 */
export const seededRandom = (seed: number, name: string): (() => number) => {
  let state = createHash('sha256').update(`${seed}:${name}`).digest().readUInt32LE(0);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};
