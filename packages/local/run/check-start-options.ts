import type { Clock } from '../runtime/clock.ts';

/** Of `startLocal`'s options those that a program in JavaScript is most likely to get wrong. */
interface Given {
  cdkOut: unknown;
  port?: unknown;
  clock?: unknown;
  faults?: unknown;
}

/**
 * `port: process.env.PORT` is text, and a clock of another library is none.
 * @throws {TypeError} naming the option and what it takes.
 */
export const checkStartOptions = ({ cdkOut, port = 0, clock, faults = [] }: Given): void => {
  check('cdkOut', cdkOut, 'the folder of a cloud assembly', typeof cdkOut === 'string');
  check('port', port, 'a whole number from 0 to 65535', isPort(port));
  check('clock', clock, 'what createMovableClock() gives', clock === undefined || isClock(clock));
  check('faults', faults, 'a list such as ["post:410=1%"]', Array.isArray(faults));
};

const isPort = (value: unknown): boolean =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) < 65_536;

const isClock = (value: unknown): boolean => {
  const { now, after } = (value ?? {}) as Partial<Clock>;
  return typeof now === 'function' && typeof after === 'function';
};

const check = (option: string, given: unknown, takes: string, isRight: boolean): void => {
  if (!isRight) throw new TypeError(`startLocal: ${option} is ${JSON.stringify(given)}: give ${takes}`);
};
