import { generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from '../gateway/serve-pages.ts';
import type { UserPool } from '../model/application.ts';
import type { Clock } from '../runtime/clock.ts';

export interface TokenIssuer {
  /** The address of the issuer by its host on AWS, from which functions read the keys. */
  hosts: ReadonlyMap<string, string>;
  /** Answers `/token?sub=ada&use=id` with a token. Each further name in the query is a claim. */
  answer(query: URLSearchParams): Page;
  stop(): Promise<void>;
}

/** As long as a user pool's tokens by default. */
const LIFETIME_SECONDS = 3_600;

/**
 * Issues tokens for the application's user pools, as Amazon Cognito does: signed with RS256, by a key that exists as long
 * as the run. Functions find the key at the address that Cognito has: `https://cognito-idp.{region}.amazonaws.com/{pool}`.
 * @throws {Error} if there is no user pool.
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-tokens-with-identity-providers.html
 */
export const startTokenIssuer = async (pools: readonly UserPool[], clock: Clock): Promise<TokenIssuer> => {
  if (pools.length === 0)
    throw new Error(
      'The application has no user pool of Amazon Cognito, so there are no tokens to issue: leave out --issue-tokens',
    );
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const kid = randomUUID();
  const keys = JSON.stringify({ keys: [{ ...publicKey.export({ format: 'jwk' }), alg: 'RS256', use: 'sig', kid }] });
  const server = createServer((request, response) => {
    const isKeys = pools.some(({ id }) => request.url === `/${id}/.well-known/jwks.json`);
    response.writeHead(isKeys ? 200 : 400, { 'content-type': 'application/json' });
    response.end(isKeys ? keys : JSON.stringify({ message: 'The local run has the keys of user pools only' }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
  const issue = (claims: object): string => {
    const signed = `${encode({ kid, alg: 'RS256', typ: 'JWT' })}.${encode(claims)}`;
    return `${signed}.${sign('RSA-SHA256', Buffer.from(signed), privateKey).toString('base64url')}`;
  };
  return {
    hosts: new Map(pools.map(({ id }) => [issuerHost(id), `127.0.0.1:${port}`])),
    answer: (query) => {
      const { use = 'access', pool, client, groups, ...given } = Object.fromEntries(query);
      const issuing = pool === undefined ? pools[0] : pools.find(({ id }) => id === pool);
      if (issuing === undefined)
        return refusal(`pool: expected ${pools.map(({ id }) => id).join(' or ')}, got ${pool}`);
      if (use !== 'access' && use !== 'id') return refusal(`use: expected access or id, got ${use}`);
      const groupClaim = groups && { 'cognito:groups': groups.split(',') };
      const clientId = client ?? issuing.clientIds[0] ?? 'local';
      const common = commonClaims(issuing.id, Math.floor(clock.now() / 1_000));
      return text(200, issue({ ...common, ...userClaims(use, clientId, given.sub), ...given, ...groupClaim }));
    },
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
};

/** `cognito-idp.eu-west-1.amazonaws.com` for the pool `eu-west-1_AbCdEfGhI`. */
export const issuerHost = (poolId: string): string => `cognito-idp.${poolId.split('_')[0]}.amazonaws.com`;

const commonClaims = (poolId: string, now: number): object => ({
  sub: randomUUID(),
  iss: `https://${issuerHost(poolId)}/${poolId}`,
  ...{ origin_jti: randomUUID(), event_id: randomUUID(), jti: randomUUID() },
  ...{ auth_time: now, iat: now, exp: now + LIFETIME_SECONDS },
});

const userClaims = (use: 'access' | 'id', clientId: string, username = 'local'): object =>
  use === 'access'
    ? { token_use: use, client_id: clientId, scope: 'aws.cognito.signin.user.admin', username }
    : { token_use: use, aud: clientId, 'cognito:username': username };

const text = (statusCode: number, body: string): Page => ({
  ...{ statusCode, contentType: 'text/plain; charset=utf-8', body },
});

const refusal = (message: string): Page => text(400, `${message}\n`);
