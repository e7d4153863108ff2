import type { Context } from 'aws-lambda';
import type { ConnectionPoster } from '../aws/posting/connection-poster.ts';
import {
  membersFrame,
  publishFrame,
  subscribeFrame,
  syncFrame,
  unsubscribeFrame,
} from '../schemas/channels/client-frames.validator.ts';
import type { Channels } from '../schemas/channels/define-channels.ts';
import { type ChannelState, textOf } from '../schemas/channels/frames.ts';
import type { RouteEvent, RouteResponse, WebSocketEvent } from '../schemas/web-socket-event.ts';
import { parseBody } from './body/parse-body.ts';
import { validateBody } from './body/validate-body.ts';
import { Caller } from './channels/caller.ts';
import type { ChannelCall, ChannelQuestion } from './channels/channel-call.ts';
import { members } from './channels/members.ts';
import { publish } from './channels/publish.ts';
import { type SyncResult, subscribe, sync, unsubscribe } from './channels/subscriptions.ts';
import { acknowledge } from './support/acknowledge.ts';
import { checkOptions } from './support/check-options.ts';
import { findChannelServices, findPoster, requestContextOf } from './support/find-services.ts';
import type { AnyMiddleware, Request } from './support/middleware-obj.ts';
import { postToCaller } from './support/post-to-caller.ts';
import type { ContextOption, RouteContext } from './support/route-context.ts';
import {
  assertChannels,
  LIST_RULES,
  pickServices,
  type WebSocketMiddlewaresOptions,
  webSocketRoute,
} from './web-socket-route.ts';

/** A client's wish, for the application to decide. */
export interface ChannelRequest extends ChannelQuestion {
  event: RouteEvent<unknown>;
}

export interface ChannelRoutesOptions extends WebSocketMiddlewaresOptions {
  /**
   * Decides whether a client may do an operation. Only `true` allows it, any other result is answered `FORBIDDEN`, and
   * a `ClientError` that it throws is answered with its code. It is asked when a subscription is made, not for every
   * message. Default: every connection may read, and `publish` of the definition decides on publishing.
   */
  authorize?: (request: ChannelRequest) => boolean | Promise<boolean>;
}

/** A Lambda handler for the routes `subscribe`, `unsubscribe`, `sync`, `publish` and `members`. */
export type ChannelRoutes = (event: WebSocketEvent, context: Context) => Promise<RouteResponse>;

/**
 * Creates the handler of the routes `subscribe`, `unsubscribe`, `sync`, `publish` and `members`. Each message with an
 * `ackId` is answered with `{"type":"ack","ackId":…,"result":…}`, or with an error frame that has the `ackId`.
 *
 * ```ts
 * import { channelRoutes } from 'middy-fanout';
 * import { defineChannels } from 'middy-fanout/schemas';
 * import { wave } from './wave.validator.ts';
 *
 * const channels = defineChannels({ 'room:{room}': { message: wave, publish: 'subscribers' } });
 * export const handler = channelRoutes(channels, {
 *   authorize: ({ params, user }) => user !== undefined && params.room !== 'closed',
 * });
 * ```
 * The channel `user:ID` belongs to the connections of its user: `authorize` is not asked, and no other client may
 * subscribe to it. A client that did not choose the subprotocol `fanout.v1` receives the messages of a state as texts,
 * after the ack.
 * @param channels The result of `defineChannels`.
 * @throws {TypeError} at set-up if `channels` is something else, or if an option does not exist or is invalid.
 * @throws {Error} from the function if it serves another route, if it has no channel table and queue, or if `$connect`
 * has no `keepConnection`.
 */
export const channelRoutes = (channels: Channels, options: ChannelRoutesOptions = {}): ChannelRoutes => {
  assertChannels('channelRoutes', channels);
  checkOptions('channelRoutes', { ...LIST_RULES, authorize: { instanceof: 'Function' } }, options);
  const { authorize, ...rest } = options;
  const services = pickServices(options.errors);
  return webSocketRoute(rest)
    .use(refuseOtherRoutes())
    .use(parseBody())
    .use(postTexts(services.poster))
    .use(acknowledge(services))
    .use(separateTexts())
    .use(validateFrame())
    .handler(async (event, context) => {
      const { connectionId, routeKey } = event.requestContext;
      const { table, queue } = findChannelServices('channelRoutes', context);
      const caller = new Caller(table, connectionId);
      const call: ChannelCall = {
        channels,
        table,
        queue,
        caller,
        authorize: authorize && ((question) => authorize({ ...question, event })),
      };
      const result = await RUN[routeKey as RouteKey](event.body as never, call);
      return hasMessages(result) && !(await caller.connection()).protocol ? textsOf(result) : new Answer(result);
    }) as ChannelRoutes;
};

/** The routes by their keys. */
const RUN = { subscribe, unsubscribe, sync, publish, members };
type RouteKey = keyof typeof RUN;

const isRouteKey = (routeKey: string): routeKey is RouteKey => Object.hasOwn(RUN, routeKey);

const refuseOtherRoutes = (): AnyMiddleware => ({
  before: ({ event }: Request<WebSocketEvent>) => {
    const { routeKey } = requestContextOf('channelRoutes', event);
    if (!isRouteKey(routeKey))
      throw new Error(
        `channelRoutes serves only ${Object.keys(RUN).join(', ')}, and got the route "${routeKey}": give that route its own handler`,
      );
  },
});

const FRAMES = {
  subscribe: validateBody(subscribeFrame),
  unsubscribe: validateBody(unsubscribeFrame),
  sync: validateBody(syncFrame),
  publish: validateBody(publishFrame),
  members: validateBody(membersFrame),
} satisfies Record<RouteKey, AnyMiddleware>;

const validateFrame = (): AnyMiddleware => ({
  before: (request: Request<WebSocketEvent>) =>
    (FRAMES[request.event.requestContext.routeKey as RouteKey] as AnyMiddleware).before?.(request),
});

type Result = ChannelState | SyncResult | object;

const hasMessages = (result: Result): result is ChannelState | SyncResult =>
  'messages' in result || 'expiresIn' in result;

/** The answer for a plain client: the texts of the messages follow the result. It gets no presence. */
const textsOf = (result: ChannelState | SyncResult): Answer => {
  const states = 'expiresIn' in result ? result.channels : [result];
  const bare = states.map((state) => ('messages' in state ? withoutMessages(state) : state));
  const messages = states.flatMap((state) => ('messages' in state ? (state.messages ?? []) : []));
  const texts = messages.flatMap((frame) => (frame.type === 'message' ? [textOf(frame.data)] : []));
  return new Answer('expiresIn' in result ? { ...result, channels: bare } : (bare[0] ?? {}), texts);
};

const withoutMessages = ({ messages, ...state }: ChannelState): ChannelState => state;

/** The answer of a route, and the texts that follow it. */
class Answer {
  readonly result: Result;
  readonly texts: readonly string[];

  constructor(result: Result, texts: readonly string[] = []) {
    this.result = result;
    this.texts = texts;
  }
}

type TextsRequest = Request<
  WebSocketEvent,
  unknown,
  Error,
  RouteContext & ContextOption<'services'>,
  { texts?: readonly string[] }
>;

/** Runs before the ack is posted. */
const separateTexts = (): AnyMiddleware => ({
  after: (request: TextsRequest) => {
    const { result, texts } = request.response as Answer;
    request.internal.texts = texts;
    request.response = result;
  },
});

/** Runs after the ack is posted. A text that is not delivered ends it, because the next ones would come before it. */
const postTexts = (option: ConnectionPoster | undefined): AnyMiddleware => ({
  after: async ({ event, context, internal: { texts = [] } }: TextsRequest) => {
    const { requestContext } = event;
    for (const [index, text] of texts.entries()) {
      if (text === '') continue; // API Gateway does not deliver an empty text
      const poster = findPoster('channelRoutes', option, context, requestContext);
      const services = { poster, table: context.services?.connections, logger: context.logger };
      const answer = await postToCaller(services, requestContext.connectionId, text);
      if (answer.outcome === 'delivered') continue;
      if (answer.outcome !== 'gone')
        context.logger.warn('Texts of a state were not delivered', { answer, undelivered: texts.length - index });
      return;
    }
  },
});
