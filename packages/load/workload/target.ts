import { WebSocket } from 'ws';

/** Where connections are opened, and how a message is said there. */
export interface Target {
  /** ws:// or wss://, its query string included. */
  url: string;
  /** Sent with each handshake. */
  headers: Readonly<Record<string, string>>;
  subprotocol?: string;
  /** The text of the frame that sends a message; `{{message}}` stands for the message. */
  frame: string;
  /** Whether the sender is among those who receive its message. */
  senderIncluded: boolean;
}

/** What a target tells of one of its queues. */
export interface QueueReading {
  name: string;
  visible: number;
  inFlight: number;
  oldestAgeMs: number;
}

/** A `$connect` integration may take 29 seconds, and API Gateway holds the handshake for it. */
const HANDSHAKE_TIMEOUT_MS = 30_000;

/** Starts a handshake. Deflate is off: API Gateway does not document it, and the generator's CPU is for deliveries. */
export const openConnection = ({ url, headers, subprotocol }: Target): WebSocket =>
  new WebSocket(url, subprotocol ? [subprotocol] : [], {
    headers,
    perMessageDeflate: false,
    handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
  });

/** A URL with more in its query string, encoded. */
export const withQuery = (url: string, query: readonly (readonly [name: string, value: string])[]): string => {
  const whole = new URL(url);
  for (const [name, value] of query) whole.searchParams.append(name, value);
  whole.hash = '';
  return whole.href;
};

/** The URL without its query string, user and password: a token may be in them, and reports are shown around. */
export const publicUrl = (url: string): string => {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
};
