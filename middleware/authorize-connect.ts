import { FetchError } from 'aws-jwt-verify/error';

/** What the authorizer reads of API Gateway's REQUEST event. */
export interface ConnectAuthorizerEvent {
  methodArn: string;
  headers?: Readonly<Record<string, string | undefined>> | null;
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
}

export interface ConnectAuthorization {
  principalId: string;
  policyDocument: {
    Version: '2012-10-17';
    Statement: [{ Action: 'execute-api:Invoke'; Effect: 'Allow' | 'Deny'; Resource: string }];
  };
  /** Comes with every later event of the connection, in `requestContext.authorizer`. `exp` in epoch seconds, as text. */
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
 * to connect. One without `Origin` does not come from a page and needs the token only.
 *
 * A missing, bad, expired or foreign token is 401, the same for all. An issuer that cannot be reached is not the
 * client's fault: the error is thrown on, and the handshake ends with 500. The token is never in an error.
 *
 * @throws {Error} `Unauthorized`, exactly: what API Gateway answers 401 to.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-lambda-auth.html
 */
export const authorizeConnect = ({ verifier, allowedOrigins = [] }: AuthorizeConnectOptions) => {
  for (const origin of allowedOrigins) assertOrigin(origin);
  const origins = [...allowedOrigins, ...ownOrigin()];
  return async (event: ConnectAuthorizerEvent): Promise<ConnectAuthorization> => {
    const headers = lowerCaseNames(event.headers);
    if (headers.origin !== undefined && !origins.includes(headers.origin)) {
      return decision('Deny', 'anonymous', event.methodArn);
    }
    const { sub = 'anonymous', exp } = await verify(verifier, tokenOf(headers, event.queryStringParameters));
    return {
      ...decision('Allow', sub, event.methodArn),
      ...(exp === undefined ? {} : { context: { exp: String(exp) } }),
    };
  };
};

/** Of the stage, where the construct has told it. */
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
  if (!token) throw new Error('Unauthorized');
  try {
    return await verifier.verify(token);
  } catch (error) {
    if (error instanceof FetchError)
      throw new Error('The keys of the token issuer cannot be fetched', { cause: error });
    throw new Error('Unauthorized');
  }
};

const decision = (Effect: 'Allow' | 'Deny', principalId: string, methodArn: string): ConnectAuthorization => ({
  principalId,
  policyDocument: {
    Version: '2012-10-17',
    Statement: [{ Action: 'execute-api:Invoke', Effect, Resource: methodArn }],
  },
});
