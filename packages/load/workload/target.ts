import { type ClientOptions, WebSocket } from 'ws';

/** The URL to connect to, and the frame that sends a message. */
export interface Target {
  /** ws:// or wss://, with the query string. */
  url: string;
  /** Sent with each handshake. */
  headers: Readonly<Record<string, string>>;
  subprotocol?: string;
  /** The text of the frame that sends a message, or the JSON of the `data` that is published to a channel. `{{message}}` is
   * replaced by the message. */
  frame: string;
  /** The sender receives its own message too. */
  senderIncluded: boolean;
}

/** The state of one queue of a target. */
export interface QueueReading {
  name: string;
  visible: number;
  inFlight: number;
  oldestAgeMs: number;
}

/** API Gateway waits up to 29 seconds for the integration of `$connect` before it answers the handshake. */
const HANDSHAKE_TIMEOUT_MS = 30_000;

/** The options of a handshake. Compression is off: API Gateway does not document it, and it would cost the generator CPU. */
export const connectionOptions = ({ headers }: Pick<Target, 'headers'>): ClientOptions => ({
  headers: { ...headers },
  perMessageDeflate: false,
  handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
});

/** Starts a handshake. */
export const openConnection = ({ url, headers, subprotocol }: Target): WebSocket =>
  new WebSocket(url, subprotocol ? [subprotocol] : [], connectionOptions({ headers }));

/** Adds encoded parameters to the query string of a URL. */
export const withQuery = (url: string, query: readonly (readonly [name: string, value: string])[]): string => {
  const result = new URL(url);
  for (const [name, value] of query) result.searchParams.append(name, value);
  result.hash = '';
  return result.href;
};

/** Removes the query string, user and password of a URL. They can contain a token, and reports are shared. */
export const redactUrl = (url: string): string => {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
};
