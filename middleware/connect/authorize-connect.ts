import { FetchError } from 'aws-jwt-verify/error';
import { checkOptions, SERVICE } from '../support/check-options.ts';

/** What the authorizer reads of API Gateway's REQUEST event. */
export interface ConnectAuthorizerEvent {
  methodArn: string;
  headers?: Readonly<Record<string, string | undefined>> | null;
  multiValueHeaders?: Readonly<Record<string, readonly string[] | undefined>> | null;
  queryStringParameters?: Readonly<Record<string, string | undefined>> | null;
}

/** Claims of a verified token. */
export interface TokenClaims {
  sub?: string | undefined;
  exp?: number | undefined;
}

export interface AuthorizeConnectOptions {
  /** Of `aws-jwt-verify`: `CognitoJwtVerifier.create(…)`, or `JwtVerifier.create(…)` for any OIDC issuer. */
  verifier: { verify(token: string): Promise<TokenClaims> };
  /**
   * Pages that may connect, as browsers send them: `https://chat.example.com`. A page that the API's own host serves may
   * without being listed: the local run's is one. Default: none.
   */
  allowedOrigins?: readonly string[] | undefined;
  /**
   * Whether a token without `exp` is valid, for as long as the connection lasts. Default false: such a token is 401,
   * because who has a copy of it could connect forever.
   */
  allowTokensWithoutExpiry?: boolean | undefined;
}

export interface ConnectAuthorization {
  principalId: string;
  policyDocument: {
    Version: '2012-10-17';
    Statement: [{ Action: 'execute-api:Invoke'; Effect: 'Allow' | 'Deny'; Resource: string }];
  };
  /** Comes with every later event of the connection, in `requestContext.authorizer`. `exp` in epoch seconds, as text; absent for a token without expiry. */
  context?: { exp: string };
}

/**
 * A Lambda authorizer for `$connect`: a valid token, and no page that is not listed.
 *
 * The token is taken from the `Authorization` header (with or without `Bearer`), else from the query parameter `token`,
 * else it is the second subprotocol that the client offers (`new WebSocket(url, ['chat', token])`: browsers can set no
 * header). The route needs `identitySource: []`, because API Gateway refuses a request that lacks any listed source.
 *
 * A request whose `Origin` is not listed is denied (403): a page elsewhere cannot use its visitor's cookies or network
 * to connect. So is one with two `Origin` headers that differ: which of them is the page's, nobody can say. One without
 * `Origin` does not come from a page and needs the token only.
 *
 * A missing, bad, expired or foreign token is 401, the same for all. So is a token without `exp`, unless
 * `allowTokensWithoutExpiry` is true; one whose `exp` is not a positive number; and one whose header has `crit`, which
 * names extensions that its reader has to understand (RFC 7515, section 4.1.11): we understand none. An issuer that cannot be reached is not the
 * client's fault: the error is thrown on, and the handshake ends with 500. The token is never in an error.
 *
 * ```ts
 * import { CognitoJwtVerifier } from 'aws-jwt-verify';
 * import { authorizeConnect } from 'middy-fanout';
 *
 * const verifier = CognitoJwtVerifier.create({ userPoolId: 'us-east-1_a1b2c3d4e', tokenUse: 'access', clientId: null });
 * export const handler = authorizeConnect({ verifier, allowedOrigins: ['https://chat.example.com'] });
 * ```
 * @throws {TypeError} at set-up for an option that does not exist or is wrong.
 * @throws {Error} `Unauthorized`, exactly: what API Gateway answers 401 to.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-lambda-auth.html
 */
export const authorizeConnect = (options: AuthorizeConnectOptions) => {
  checkOptions('authorizeConnect', RULES, { ...options, verifier: options?.verifier ?? null });
  const { verifier, allowedOrigins = [], allowTokensWithoutExpiry = false } = options;
  for (const origin of allowedOrigins) assertOrigin(origin);
  const origins = [...allowedOrigins, ...ownOrigin()];
  return async (event: ConnectAuthorizerEvent): Promise<ConnectAuthorization> => {
    const [origin, ...others] = originsOf(event);
    if (origin !== undefined && !(origins.includes(origin) && others.length === 0)) {
      return decision('Deny', 'anonymous', event.methodArn);
    }
    const token = tokenOf(lowerCaseNames(event.headers), event.queryStringParameters);
    const { sub = 'anonymous', exp } = await verify(verifier, token);
    if (exp === undefined ? !allowTokensWithoutExpiry : !isExpiry(exp)) throw new Error('Unauthorized');
    return {
      ...decision('Allow', sub, event.methodArn),
      ...(exp === undefined ? {} : { context: { exp: String(exp) } }),
    };
  };
};

const RULES = {
  verifier: SERVICE,
  allowedOrigins: { type: 'array' },
  allowTokensWithoutExpiry: { type: 'boolean' },
} as const;

/** The stage's own origin, if the construct set it. */
const ownOrigin = (): string[] => {
  const { AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI: url } = process.env;
  return url ? [new URL(url).origin] : [];
};

const assertOrigin = (origin: string): void => {
  if (!URL.canParse(origin) || new URL(origin).origin !== origin) {
    throw new Error(
      `Expected each of allowedOrigins to be scheme, host and port such as https://chat.example.com, got ${origin}`,
    );
  }
};

const lowerCaseNames = (headers: ConnectAuthorizerEvent['headers']): Record<string, string | undefined> =>
  Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]));

/** Those that differ. A header that was sent twice is whole only in `multiValueHeaders`; its name may differ in case. */
const originsOf = ({ headers, multiValueHeaders }: ConnectAuthorizerEvent): string[] => {
  const sent = [...Object.entries(headers ?? {}), ...Object.entries(multiValueHeaders ?? {})];
  const origins = sent.filter(([name]) => name.toLowerCase() === 'origin').flatMap(([, values]) => values ?? []);
  return [...new Set(origins)];
};

/** The verifier checks it too, or not: its type promises a number, the token is somebody else's. */
const isExpiry = (exp: unknown): boolean => typeof exp === 'number' && Number.isFinite(exp) && exp > 0;

const tokenOf = (
  headers: Record<string, string | undefined>,
  query: ConnectAuthorizerEvent['queryStringParameters'],
): string | undefined =>
  headers.authorization?.replace(/^Bearer\s+/i, '') ||
  query?.token ||
  headers['sec-websocket-protocol']?.split(',')[1]?.trim();

const verify = async (
  verifier: AuthorizeConnectOptions['verifier'],
  token: string | undefined,
): Promise<TokenClaims> => {
  if (!token || hasCriticalHeader(token)) throw new Error('Unauthorized');
  try {
    return await verifier.verify(token);
  } catch (error) {
    if (error instanceof FetchError)
      throw new Error('The keys of the token issuer cannot be fetched', { cause: error });
    throw new Error('Unauthorized');
  }
};

/** A token whose header cannot be read is the verifier's to refuse. */
const hasCriticalHeader = (token: string): boolean => {
  try {
    const header: unknown = JSON.parse(Buffer.from(token.split('.', 1)[0] ?? '', 'base64url').toString());
    return Object.hasOwn(Object(header), 'crit');
  } catch {
    return false;
  }
};

const decision = (Effect: 'Allow' | 'Deny', principalId: string, methodArn: string): ConnectAuthorization => ({
  principalId,
  policyDocument: {
    Version: '2012-10-17',
    Statement: [{ Action: 'execute-api:Invoke', Effect, Resource: methodArn }],
  },
});
