import type { LocalLog } from '../model/local-event.ts';
import type { Clock } from '../runtime/clock.ts';
import type { ReadApplicationOptions } from '../template/read-application.ts';

export interface StartLocalOptions extends Pick<ReadApplicationOptions, 'cdkOut' | 'parameters' | 'ignore'> {
  /** Of the first WebSocket API; further ones take the next. Default 0: free ones, so that several runs fit one machine. */
  port?: number;
  /** Default `127.0.0.1`: this machine only. */
  host?: string;
  /** The stage whose URLs are given. Default: each API's first. */
  stage?: string;
  /** Default: the system's. `createMovableClock()` gives one that can be moved. */
  clock?: Clock;
  /** `post:410=1%` and the like. */
  faults?: readonly string[];
  /** Makes faults the same each time. Default 1. */
  seed?: number;
  /** A folder of static files that is served beside the stages, `/` being its `index.html`. Default none. */
  pages?: string;
  log?: LocalLog;
}

/**
 * Checks the options that a program in JavaScript is most likely to get wrong: `port: process.env.PORT` is text, and the
 * clock of another library has other methods.
 * @throws {TypeError} naming the option and what it takes.
 */
export const checkStartOptions = ({ cdkOut, port = 0, clock, faults = [] }: StartLocalOptions): void => {
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
