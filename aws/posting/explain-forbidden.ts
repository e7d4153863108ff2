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
