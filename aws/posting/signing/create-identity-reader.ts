import type { Identity } from './create-post-signer.ts';

/** Our choice: how long an identity is cached, in milliseconds. A read takes a microsecond, a tenth of a post. */
const LIFE_MS = 1_000;

/**
 * Creates a function that reads the identity from the environment of Lambda. It sees a change within a second. If the
 * environment has no keys or no Region, it uses the SDK's default chain (profiles, containers, instances).
 *
 * @param environment Default: the environment of the process. If it sets `AWS_PROFILE`, the chain is used, as in the
 * SDK.
 * @param now Epoch milliseconds. Default: the system's clock.
 * @throws {Error} the SDK's own, through the promise, if the chain finds no credentials.
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
    // Loaded only here: a Lambda never needs it, and it would double the cold start.
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

const isSame = (a: Identity, b: Identity): boolean =>
  a.accessKeyId === b.accessKeyId &&
  a.secretAccessKey === b.secretAccessKey &&
  a.sessionToken === b.sessionToken &&
  a.region === b.region;
