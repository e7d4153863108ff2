import type { RouteResponse, WebSocketEvent } from '../../schemas/web-socket-event.ts';
import { checkOptions } from '../support/check-options.ts';
import type { MiddlewareObj, Request } from '../support/middleware-obj.ts';

/**
 * Answers the first of the client's subprotocols that the application supports. Use it on `$connect`: a browser that
 * offered subprotocols closes the connection if the answer has none of them, and API Gateway does not choose one.
 *
 * ```ts
 * import { answerSubprotocol, keepConnection, webSocketRoute } from 'middy-fanout';
 *
 * export const handler = webSocketRoute()
 *   .use(answerSubprotocol(['chat']))
 *   .use(keepConnection())
 *   .handler(() => {});
 * ```
 * @param subprotocols The supported names, such as `['chat']`. Do not list a token that a client offers as a
 * subprotocol.
 * @throws {TypeError} at set-up if a name cannot be a subprotocol.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-connect-route-subprotocol.html
 */
export const answerSubprotocol = (
  subprotocols: readonly string[],
): MiddlewareObj<WebSocketEvent, RouteResponse | undefined> => {
  checkOptions('answerSubprotocol', SUBPROTOCOLS, { subprotocols: subprotocols ?? null });
  const answerSubprotocolAfter = (request: Request<WebSocketEvent, RouteResponse | undefined>): void => {
    const offered = headerOf(request.event, 'sec-websocket-protocol')
      ?.split(',')
      .map((name) => name.trim());
    const answered = offered?.find((name) => subprotocols.includes(name));
    if (!answered) return;
    const { headers, ...response } = request.response ?? { statusCode: 200 };
    request.response = { ...response, headers: { ...headers, 'Sec-WebSocket-Protocol': answered } };
  };
  return { after: answerSubprotocolAfter };
};

/** The characters that RFC 6455 allows: https://www.rfc-editor.org/rfc/rfc6455#section-4.1 */
const SUBPROTOCOLS = {
  subprotocols: { type: 'array', items: { type: 'string', pattern: "^[A-Za-z0-9!#$%&'*+.^_`|~-]+$" } },
};

const headerOf = ({ headers = {} }: WebSocketEvent, name: string): string | undefined =>
  Object.entries(headers).find(([present]) => present.toLowerCase() === name)?.[1];
