import type { LocalLog } from '../model/local-event.ts';
import type { Clock } from '../runtime/clock.ts';
import type { ReadApplicationOptions } from '../template/read-application.ts';

export interface StartLocalOptions
  extends Pick<ReadApplicationOptions, 'cdkOut' | 'parameters' | 'values' | 'ignore' | 'issueTokens'> {
  /** The port of the first WebSocket API. Further APIs take the next ports. Default 0: free ports. */
  port?: number;
  /** The address to listen on. Default `127.0.0.1`: connections from this machine only. */
  host?: string;
  /** The stage in the URLs. Default: the first stage of each API. */
  stage?: string;
  /** Default: the system's clock. `createMovableClock()` creates one that you can move. */
  clock?: Clock;
  /** Faults to inject, such as `post:410=1%`. */
  faults?: readonly string[];
  /** The same seed gives the same faults in each run. Default 1. */
  seed?: number;
  /** A folder of static files to serve outside the stages. `/` is its `index.html`. Default: no folder. */
  pages?: string;
  log?: LocalLog;
}

/**
 * Checks the options that a JavaScript program is most likely to get wrong: `port: process.env.PORT` is a string, and
 * the clock of another library has other methods.
 * @throws {TypeError} if an option is invalid. The message names the option and the valid values.
 */
export const checkStartOptions = ({ cdkOut, port = 0, clock, faults = [] }: StartLocalOptions): void => {
  check('cdkOut', cdkOut, 'the folder of a cloud assembly', typeof cdkOut === 'string');
  check('port', port, 'a whole number from 0 to 65535', isPort(port));
  check('clock', clock, 'a clock of createMovableClock()', clock === undefined || isClock(clock));
  check('faults', faults, 'a list such as ["post:410=1%"]', Array.isArray(faults));
};

const isPort = (value: unknown): boolean =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) < 65_536;

const isClock = (value: unknown): boolean => {
  const { now, after } = (value ?? {}) as Partial<Clock>;
  return typeof now === 'function' && typeof after === 'function';
};

const check = (option: string, value: unknown, expected: string, isValid: boolean): void => {
  if (!isValid) throw new TypeError(`startLocal: ${option} is ${JSON.stringify(value)}: pass ${expected}`);
};
