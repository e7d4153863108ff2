import type { ConnectionTable } from '../../aws/connections/connection-table.ts';
import type { ConnectionPoster } from '../../aws/posting/connection-poster.ts';
import type { AckFrame, AckId } from '../../schemas/channels/frames.ts';
import { toMessageText } from '../../schemas/create-broadcast-record.ts';
import { ClientError } from '../../schemas/errors.ts';
import type { RoutedEvent } from '../../schemas/web-socket-event.ts';
import { findPoster, requestContextOf } from './find-services.ts';
import type { MiddlewareObj, Request } from './middleware-obj.ts';
import { postToCaller } from './post-to-caller.ts';
import type { ContextOption, RequestState } from './route-context.ts';

export interface AcknowledgeOptions {
  /** Posts the ack. Default: the poster of `context.services`, else a poster for the event's own API. */
  poster?: ConnectionPoster;
  /** Deletes the row of a stale caller. Default: the table of `context.services`. Without a table, the row stays. */
  table?: ConnectionTable;
}

type AckRequest = Request<
  RoutedEvent & { body?: unknown },
  unknown,
  Error,
  ContextOption<'services' | 'logger'>,
  RequestState
>;

/**
 * Answers a message that has an `ackId` with `{"type":"ack","ackId":…,"result":…}`. The `ackId` is taken out of the body,
 * and an error frame has it too. The result is what the handler returned, if it is a JSON value and not a response.
 *
 * Put it after `parseBody` and before `validateBody`. If the ack cannot be posted, it logs a warning: the message was
 * handled, and its sender has a deadline.
 * @throws {ClientError} `MESSAGE_INVALID` if the `ackId` is invalid, `MESSAGE_TOO_LARGE` if the ack has more than 128 KB.
 */
export const acknowledge = (
  options: AcknowledgeOptions = {},
): MiddlewareObj<
  RoutedEvent & { body?: unknown },
  unknown,
  Error,
  ContextOption<'services' | 'logger'>,
  RequestState
> => {
  const acknowledgeBefore = ({ event, internal }: AckRequest): void => {
    const { body } = event;
    if (typeof body !== 'object' || body === null || Array.isArray(body) || !Object.hasOwn(body, 'ackId')) return;
    const { ackId, ...rest } = body as { ackId: unknown };
    if (!isAckId(ackId)) throw new ClientError('MESSAGE_INVALID', { errors: [INVALID_ACK_ID] });
    internal.ackId = ackId;
    event.body = rest;
  };
  const acknowledgeAfter = async ({ event, response, context, internal }: AckRequest): Promise<void> => {
    const { ackId } = internal;
    if (ackId === undefined) return;
    const requestContext = requestContextOf('acknowledge', event);
    const frame: AckFrame = { type: 'ack', ackId, ...resultOf(response) };
    const poster = findPoster('acknowledge', options.poster, context, requestContext);
    const table = options.table ?? context.services?.connections;
    const services = { poster, table, logger: context.logger };
    const answer = await postToCaller(services, requestContext.connectionId, toMessageText(frame));
    if (answer.outcome !== 'delivered' && answer.outcome !== 'gone')
      context.logger?.warn('An ack was not delivered', { answer });
  };
  return { before: acknowledgeBefore, after: acknowledgeAfter };
};

/** An integer from 0 to 2^53-1, or a text of 1 to 64 characters. */
const isAckId = (ackId: unknown): ackId is AckId =>
  typeof ackId === 'string'
    ? /^.{1,64}$/su.test(ackId)
    : typeof ackId === 'number' && Number.isSafeInteger(ackId) && ackId >= 0;

const INVALID_ACK_ID = {
  path: '/ackId',
  rule: 'ackId',
  message: '/ackId must be an integer from 0 to 9007199254740991, or a text of 1 to 64 characters',
};

/** A response with a status is for API Gateway. A value without JSON is left out. */
const resultOf = (response: unknown): { result?: unknown } => {
  if (Number.isInteger((Object(response) as { statusCode?: unknown }).statusCode)) return {};
  try {
    const text: string | undefined = JSON.stringify(response);
    return text === undefined ? {} : { result: JSON.parse(text) };
  } catch {
    return {};
  }
};
