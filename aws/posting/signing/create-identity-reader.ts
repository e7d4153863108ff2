import type { Identity } from './create-post-signer.ts';

/** Reading the environment takes a microsecond, a tenth of what a post may cost. */
const LIFE_MS = 1_000;

/**
 * Reads who we are from the environment, as Lambda gives it; a change is seen within a second. Where the environment
 * names no keys or no Region, the SDK's default chain (profiles, containers, instances) is asked.
 *
 * @param environment Default: that of the process. `AWS_PROFILE` set means the chain, as for the SDK.
 * @param now Epoch milliseconds. Default: the system's clock.
 * @throws {Error} the SDK's own, through the promise, where the chain finds nobody.
 */
export const createIdentityReader = (
  environment: NodeJS.ProcessEnv = process.env,
  now: () => number = Date.now,
): (() => Identity | Promise<Identity>) => {
  let last: Identity | undefined;
  let readAtMs = Number.NEGATIVE_INFINITY;
  let chain: Promise<() => Promise<Identity>> | undefined;

  const remember = (identity: Identity): Identity => {
    if (last === undefined || !isSame(last, identity)) last = identity;
    return last;
  };

  return () => {
    const nowMs = now();
    if (last !== undefined && Math.abs(nowMs - readAtMs) < LIFE_MS) return last;
    const identity = fromEnvironment(environment);
    readAtMs = nowMs;
    if (identity !== undefined) return remember(identity);
    // Loaded here and not above: in a Lambda it is never needed and would double the cold start.
    chain ??= import('./create-sdk-identity-reader.ts').then(({ createSdkIdentityReader }) =>
      createSdkIdentityReader(),
    );
    return chain.then((read) => read()).then(remember);
  };
};

const fromEnvironment = (environment: NodeJS.ProcessEnv): Identity | undefined => {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_REGION, AWS_PROFILE } = environment;
  if (!AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY || !AWS_REGION || AWS_PROFILE) return undefined;
  return {
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    sessionToken: AWS_SESSION_TOKEN || undefined,
    region: AWS_REGION,
  };
};

const isSame = (one: Identity, other: Identity): boolean =>
  one.accessKeyId === other.accessKeyId &&
  one.secretAccessKey === other.secretAccessKey &&
  one.sessionToken === other.sessionToken &&
  one.region === other.region;
