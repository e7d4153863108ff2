import { type EnvironmentName, readEnvironment } from '../schemas/environment.ts';

/** What the construct decides for the fan-out function. */
export interface FanOutNumbers {
  postsPerSecond: number;
  targetMs: number;
}

/**
 * Reads `FAN_OUT_POSTS_PER_SECOND` and `FAN_OUT_TARGET_MS` (default 5000).
 * @throws {Error} where one is missing or no number from 1, naming it.
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
