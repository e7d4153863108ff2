import { createHash } from 'node:crypto';
import type { FaultKind, FaultRule } from './parse-faults.ts';

/** Decides on each occasion whether a fault happens. The decisions are always the same for a seed. */
export interface FaultPicker {
  happens(kind: FaultKind, functionNames?: readonly string[]): boolean;
  /** The sum of the matching delays, in milliseconds; 0 if no rule matches. */
  delayMs(kind: FaultKind): number;
  /** A number from 0 (included) to 1 (excluded), for the details of a fault. */
  random(name: string): number;
}

export const createFaultPicker = (rules: readonly FaultRule[], seed: number): FaultPicker => {
  const sequences = new Map<string, () => number>();
  const random = (name: string): number => {
    const sequence = sequences.get(name) ?? seededRandom(seed, name);
    sequences.set(name, sequence);
    return sequence();
  };
  const isFor = ({ functionName }: FaultRule, names: readonly string[]) =>
    functionName === undefined || names.includes(functionName);
  return {
    random,
    happens: (kind, functionNames = []) =>
      rules
        .filter((rule) => rule.kind === kind && isFor(rule, functionNames))
        .some((rule) => random(`${kind} ${rule.functionName ?? ''}`) < rule.probability),
    delayMs: (kind) =>
      rules
        .filter((rule) => rule.kind === kind)
        .map(({ delayMs = 0, spreadMs = 0 }) => Math.max(0, delayMs + (2 * random(kind) - 1) * spreadMs))
        .reduce((sum, delayMs) => sum + delayMs, 0),
  };
};

/**
 * Numbers from 0 (included) to 1 (excluded), always the same for a seed and a name (mulberry32). Each kind of fault has
 * its own sequence, so that one kind does not shift another.
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
