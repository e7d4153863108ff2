import type { PostResult } from './connection-poster.ts';
import { explainForbidden } from './explain-forbidden.ts';

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
