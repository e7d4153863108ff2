import { type EnvironmentName, readEnvironment } from '../schemas/environment.ts';

/** The numbers that the construct sets for the fan-out function. */
export interface FanOutNumbers {
  postsPerSecond: number;
  targetMs: number;
}

/**
 * Reads `FAN_OUT_POSTS_PER_SECOND` and `FAN_OUT_TARGET_MS` (default 5000).
 * @throws {Error} that names the variable, if it is missing or not a number from 1.
 */
export const readFanOutNumbers = (environment: NodeJS.ProcessEnv = process.env): FanOutNumbers => ({
  postsPerSecond: readNumber('FAN_OUT_POSTS_PER_SECOND', environment),
  targetMs: readNumber('FAN_OUT_TARGET_MS', { FAN_OUT_TARGET_MS: '5000', ...environment }),
});

const readNumber = (name: EnvironmentName, environment: NodeJS.ProcessEnv): number => {
  const text = readEnvironment(name, environment);
  const number = Number(text);
  if (number >= 1 && Number.isFinite(number)) return number;
  throw new Error(`Expected the environment variable ${name} to be a number from 1, got ${text}`);
};
