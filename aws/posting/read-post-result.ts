import type { PostResult } from './connection-poster.ts';

/** API Gateway's answer to a post. */
export interface PostAnswer {
  readonly status: number;
  /** The header `x-amzn-ErrorType`. */
  readonly errorType: string | undefined;
  readonly body: string;
}

/**
 * Translates an answer of `@connections` to an outcome.
 * @see
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html
 */
export const readPostResult = ({ status, errorType, body }: PostAnswer): PostResult => {
  if (status >= 200 && status < 300) return DELIVERED;
  const detail = nameOf(errorType) ?? `HTTP ${status}`;
  switch (status) {
    case 410:
      return { outcome: 'gone', detail };
    case 400:
      // The SDK's model does not have this answer: API Gateway sends it for an id that it never issued.
      return { outcome: body.includes('Invalid connectionId') ? 'gone' : 'failed', detail };
    case 429:
      return { outcome: 'throttled', detail };
    case 413:
      return { outcome: 'too-large', detail };
    case 403:
      return { outcome: 'forbidden', detail: `${detail}: ${explainForbidden(body)}` };
    default:
      return { outcome: 'failed', detail };
  }
};

const DELIVERED: PostResult = { outcome: 'delivered' };

/** `GoneException` from `GoneException:http://internal.amazon.com/…`; `undefined` if it does not start with a name. */
const nameOf = (errorType: string | undefined): string | undefined =>
  /^[A-Za-z]{1,64}(?=:|$)/.exec(errorType ?? '')?.[0];

/**
 * Explains why API Gateway refused a post with 403, and how to fix it. The text never quotes the body, which echoes the
 * request with its session token and must not reach a log.
 */
export const explainForbidden = (body: string): string =>
  REASONS.find(([text]) => text.test(body))?.[1] ??
  'API Gateway gave an unknown reason; check the role, AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI and the clock';

const MISSING_PERMISSION = /not authorized to perform: execute-api:ManageConnections|explicit deny/;

/** Whether the body of a 403 says that the role lacks the permission. */
export const isMissingPermission = (body: string): boolean => MISSING_PERMISSION.test(body);

// Texts of API Gateway and SigV4: https://repost.aws/knowledge-center/api-gateway-troubleshoot-403-forbidden
const REASONS: readonly [RegExp, string][] = [
  [
    /Signature expired|Signature not yet current/,
    'wrong clock: it differs from the clock of AWS by more than 5 minutes and could not be corrected',
  ],
  [
    MISSING_PERMISSION,
    'missing permission: the role needs execute-api:ManageConnections on {api}/{stage}/POST/@connections/*',
  ],
  [
    /security token included in the request is (expired|invalid)/,
    'wrong credentials: the keys have expired or are invalid',
  ],
  [
    /signature we calculated does not match/,
    'wrong signature: the secret key does not match the access key, or a proxy changes the requests',
  ],
  [
    /Missing Authentication Token|"Forbidden"/,
    'wrong endpoint: AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI must be the callback URL with an existing stage (without one on a custom domain)',
  ],
];
