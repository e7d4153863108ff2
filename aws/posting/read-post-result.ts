import type { PostResult } from './connection-poster.ts';

/** What API Gateway answered to a post. */
export interface PostAnswer {
  readonly status: number;
  /** The header `x-amzn-ErrorType`. */
  readonly errorType: string | undefined;
  readonly body: string;
}

/**
 * What an answer of `@connections` means.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html
 */
export const readPostResult = ({ status, errorType, body }: PostAnswer): PostResult => {
  if (status >= 200 && status < 300) return DELIVERED;
  const detail = nameOf(errorType) ?? `HTTP ${status}`;
  switch (status) {
    case 410:
      return { outcome: 'gone', detail };
    case 400:
      // Not in the SDK's model, seen by several: an id that API Gateway can never have given.
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

/** `GoneException` of `GoneException:http://internal.amazon.com/…`; nothing of what is not a name. */
const nameOf = (errorType: string | undefined): string | undefined =>
  /^[A-Za-z]{1,64}(?=:|$)/.exec(errorType ?? '')?.[0];

/**
 * Says why API Gateway refused a post with 403, and what mends it, in words of ours: the body echoes the request, the
 * session token with it, and must not reach a log.
 */
export const explainForbidden = (body: string): string =>
  REASONS.find(([text]) => text.test(body))?.[1] ??
  'API Gateway gave no reason we know; check the role, AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI and the clock';

// What API Gateway and SigV4 say: https://repost.aws/knowledge-center/api-gateway-troubleshoot-403-forbidden
const REASONS: readonly [RegExp, string][] = [
  [
    /Signature expired|Signature not yet current/,
    'wrong clock: it differs from AWS by more than 5 minutes and could not be corrected',
  ],
  [
    /not authorized to perform: execute-api:ManageConnections|explicit deny/,
    'missing permission: the role needs execute-api:ManageConnections on {api}/{stage}/POST/@connections/*',
  ],
  [
    /security token included in the request is (expired|invalid)/,
    'wrong credentials: the keys have expired or belong to nobody',
  ],
  [
    /signature we calculated does not match/,
    'wrong signature: the keys do not belong together, or something between us and API Gateway changes requests',
  ],
  [
    /Missing Authentication Token|"Forbidden"/,
    'wrong endpoint: AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI must be the callback URL with an existing stage (without one on a custom domain)',
  ],
];
