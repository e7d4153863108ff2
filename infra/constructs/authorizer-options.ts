/** A Lambda authorizer (REQUEST) of `$connect`. What it returns as context is in the events of all later routes. */
export interface AuthorizerOptions {
  /** Name of the handler. */
  entry: string;
  /**
   * `route.request.header.Auth`, `route.request.querystring.token`…: a handshake that lacks one of them gets 401 and
   * the authorizer is not asked. Default none: the token may come by header, query or subprotocol.
   */
  identitySource?: readonly string[];
  /** More environment variables of its function. */
  environment?: Readonly<Record<string, string>>;
}
