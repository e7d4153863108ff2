import { FetchError } from 'aws-jwt-verify/error';
import { checkOptions, SERVICE } from '../support/check-options.ts';

/** The fields of API Gateway's REQUEST event that the authorizer reads. */
export interface ConnectAuthorizerEvent {
  methodArn: string;
  headers?: Readonly<Record<string, string | undefined>> | null;
  multiValueHeaders?: Readonly<Record<string, readonly string[] | undefined>> | null;
  queryStringParameters?: Readonly<Record<string, string | undefined>> | null;
}

/** The claims of a verified token that the authorizer reads. */
export interface TokenClaims {
  sub?: string | undefined;
  exp?: number | undefined;
}

export interface AuthorizeConnectOptions {
  /** A verifier of `aws-jwt-verify`: `CognitoJwtVerifier.create(…)`, or `JwtVerifier.create(…)` for any OIDC issuer. */
  verifier: { verify(token: string): Promise<TokenClaims> };
  /**
   * Origins of pages that may connect, as browsers send them: `https://chat.example.com`. Pages from the API's own
   * origin, such as the page of the local run, are always allowed. Default: no other origin.
   */
  allowedOrigins?: readonly string[] | undefined;
  /**
   * Accepts a token without `exp`, for as long as the connection lasts. Default false: such a token is answered 401,
   * because anyone with a copy of it could always connect.
   */
  allowTokensWithoutExpiry?: boolean | undefined;
}

export interface ConnectAuthorization {
  principalId: string;
  policyDocument: {
    Version: '2012-10-17';
    Statement: [{ Action: 'execute-api:Invoke'; Effect: 'Allow' | 'Deny'; Resource: string }];
  };
  /**
   * API Gateway adds it to each later event of the connection, as `requestContext.authorizer`. `exp` is in epoch
   * seconds, as text. It is absent for a token without expiry. `sub` is the user, absent for a token without a subject.
   */
  context?: { exp?: string; sub?: string };
}

/**
 * Creates a Lambda authorizer for `$connect`. It checks the client's token and the page's origin.
 *
 * The token is the first of these that the request has: the `Authorization` header (with or without `Bearer`), the
 * query parameter `token`, or the second subprotocol that the client offers (`new WebSocket(url, ['chat', token])`,
 * because a browser cannot set headers). The route needs `identitySource: []`, because API Gateway refuses a request if
 * a listed source is missing.
 *
 * A request is denied (403) if its `Origin` is not allowed, so that a page of another site cannot connect with its
 * visitor's cookies or network. A request with two different `Origin` headers is denied too, because either could be
 * the page's. A request without `Origin` does not come from a page: it only needs a token.
 *
 * These tokens are answered 401, without a reason:
 * - a token that is missing, invalid or expired, from another issuer, or for another audience
 * - a token without `exp`, unless `allowTokensWithoutExpiry` is true
 * - a token with an `exp` that is not a positive number
 * - a token with `crit` in its header. It lists extensions that the reader must understand (RFC 7515, section 4.1.11),
 *   and this authorizer supports no extension.
 *
 * If the issuer cannot be reached, the client is not at fault: the handshake ends with 500. No error contains the
 * token.
 *
 * ```ts
 * import { CognitoJwtVerifier } from 'aws-jwt-verify';
 * import { authorizeConnect } from 'middy-fanout';
 *
 * const verifier = CognitoJwtVerifier.create({ userPoolId: 'us-east-1_a1b2c3d4', tokenUse: 'access', clientId: null });
 * export const handler = authorizeConnect({ verifier, allowedOrigins: ['https://chat.example.com'] });
 * ```
 * @throws {TypeError} at set-up if an option does not exist or is invalid.
 * @throws {Error} exactly `Unauthorized`: API Gateway answers 401 to this message.
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
      return createPolicy('Deny', 'anonymous', event.methodArn);
    }
    const token = tokenOf(lowerCaseNames(event.headers), event.queryStringParameters);
    const { sub, exp } = await verify(verifier, token);
    if (exp === undefined ? !allowTokensWithoutExpiry : !isExpiry(exp)) throw new Error('Unauthorized');
    const context = { ...(exp !== undefined && { exp: String(exp) }), ...(sub && { sub }) };
    return {
      ...createPolicy('Allow', sub ?? 'anonymous', event.methodArn),
      ...(Object.keys(context).length > 0 && { context }),
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
    throw new TypeError(
      `authorizeConnect: Expected each of allowedOrigins to be a scheme, host and port, such as https://chat.example.com, got ${origin}`,
    );
  }
};

const lowerCaseNames = (headers: ConnectAuthorizerEvent['headers']): Record<string, string | undefined> =>
  Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]));

/**
 * The different origins of a request. Only `multiValueHeaders` has all values of a repeated header, and the case of its
 * name may differ.
 */
const originsOf = ({ headers, multiValueHeaders }: ConnectAuthorizerEvent): string[] => {
  const sent = [...Object.entries(headers ?? {}), ...Object.entries(multiValueHeaders ?? {})];
  const origins = sent.filter(([name]) => name.toLowerCase() === 'origin').flatMap(([, values]) => values ?? []);
  return [...new Set(origins)];
};

/** Checks the type too: a verifier may pass on any value that the token has. */
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

/** If the header cannot be read, the verifier decides. */
const hasCriticalHeader = (token: string): boolean => {
  try {
    const header: unknown = JSON.parse(Buffer.from(token.split('.', 1)[0] ?? '', 'base64url').toString());
    return Object.hasOwn(Object(header), 'crit');
  } catch {
    return false;
  }
};

const createPolicy = (Effect: 'Allow' | 'Deny', principalId: string, methodArn: string): ConnectAuthorization => ({
  principalId,
  policyDocument: {
    Version: '2012-10-17',
    Statement: [{ Action: 'execute-api:Invoke', Effect, Resource: methodArn }],
  },
});
