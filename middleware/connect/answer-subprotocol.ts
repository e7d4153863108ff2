import { SUBPROTOCOL } from '../../schemas/channels/frames.ts';
import type { RouteResponse, WebSocketEvent } from '../../schemas/web-socket-event.ts';
import { checkOptions } from '../support/check-options.ts';
import type { MiddlewareObj, Request } from '../support/middleware-obj.ts';
import type { RequestState } from '../support/route-context.ts';

type SubprotocolRequest = Request<WebSocketEvent, RouteResponse | undefined, Error, Request['context'], RequestState>;

/**
 * Answers the first of the client's subprotocols that the application supports. Use it on `$connect`: a browser that
 * offered subprotocols closes the connection if the answer has none of them, and API Gateway does not choose one.
 *
 * Put it before `keepConnection`. A connection that is answered `fanout.v1` receives JSON frames instead of texts. It is
 * answered only if the client offers it first.
 *
 * ```ts
 * import { answerSubprotocol, keepConnection, webSocketRoute } from 'middy-fanout';
 *
 * export const handler = webSocketRoute()
 *   .use(answerSubprotocol(['fanout.v1', 'chat']))
 *   .use(keepConnection())
 *   .handler(() => {});
 * ```
 * @param subprotocols The supported names, such as `['chat']`. Do not list a token that a client offers as a
 * subprotocol. Default `['fanout.v1']`.
 * @throws {TypeError} at set-up if a name cannot be a subprotocol.
 * @throws {Error} at a handshake that is answered `fanout.v1`, if `keepConnection` is before it.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-connect-route-subprotocol.html
 */
export const answerSubprotocol = (
  ...parameters: [] | [subprotocols: readonly string[]]
): MiddlewareObj<WebSocketEvent, RouteResponse | undefined, Error, Request['context'], RequestState> => {
  // A missing import is `undefined`. It must fail, not answer another subprotocol.
  const [subprotocols] = parameters.length === 0 ? [[SUBPROTOCOL]] : parameters;
  // The first check of options takes 2 ms of a cold start, and the framework's own handler gives no list.
  if (parameters.length > 0) checkOptions('answerSubprotocol', SUBPROTOCOLS, { subprotocols: subprotocols ?? null });
  const answerSubprotocolBefore = ({ event, internal }: SubprotocolRequest): void => {
    const offered = headerOf(event, 'sec-websocket-protocol')
      ?.split(',')
      .map((name) => name.trim());
    const answered = offered?.find(
      (name, place) => subprotocols.includes(name) && (name !== SUBPROTOCOL || place === 0),
    );
    if (answered === undefined) return;
    if (answered === SUBPROTOCOL && internal.kept)
      throw new Error(
        `The connection was kept as one without ${SUBPROTOCOL}: put answerSubprotocol() before keepConnection()`,
      );
    internal.subprotocol = answered;
  };
  const answerSubprotocolAfter = (request: SubprotocolRequest): void => {
    const { subprotocol } = request.internal;
    if (subprotocol === undefined) return;
    const { headers, ...response } = request.response ?? { statusCode: 200 };
    request.response = { ...response, headers: { ...headers, 'Sec-WebSocket-Protocol': subprotocol } };
  };
  return { before: answerSubprotocolBefore, after: answerSubprotocolAfter };
};

/** The characters that RFC 6455 allows: https://www.rfc-editor.org/rfc/rfc6455#section-4.1 */
const SUBPROTOCOLS = {
  subprotocols: { type: 'array', items: { type: 'string', pattern: "^[A-Za-z0-9!#$%&'*+.^_`|~-]+$" } },
};

const headerOf = ({ headers }: WebSocketEvent, name: string): string | undefined =>
  Object.entries(headers ?? {}).find(([present]) => present.toLowerCase() === name)?.[1];
