import { createHash } from 'node:crypto';
import type { FaultKind, FaultRule } from './parse-faults.ts';

/** Decides by seed, occasion after occasion, whether a fault happens. */
export interface FaultDice {
  happens(kind: FaultKind, functionNames?: readonly string[]): boolean;
  /** The sum of the delays asked for, in milliseconds; 0 where there is none. */
  delayMs(kind: FaultKind): number;
  /** A number from 0 to 1 for how a fault goes. */
  roll(name: string): number;
}

export const createFaultDice = (rules: readonly FaultRule[], seed: number): FaultDice => {
  const randoms = new Map<string, () => number>();
  const roll = (name: string): number => {
    const random = randoms.get(name) ?? seededRandom(seed, name);
    randoms.set(name, random);
    return random();
  };
  const isFor = ({ functionName }: FaultRule, names: readonly string[]) =>
    functionName === undefined || names.includes(functionName);
  return {
    roll,
    happens: (kind, functionNames = []) =>
      rules
        .filter((rule) => rule.kind === kind && isFor(rule, functionNames))
        .some((rule) => roll(`${kind} ${rule.functionName ?? ''}`) < rule.probability),
    delayMs: (kind) =>
      rules
        .filter((rule) => rule.kind === kind)
        .map(({ delayMs = 0, spreadMs = 0 }) => Math.max(0, delayMs + (2 * roll(kind) - 1) * spreadMs))
        .reduce((sum, delayMs) => sum + delayMs, 0),
  };
};

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
