import { WebSocket } from 'ws';
import type { Target } from './target.ts';

/** A `$connect` integration may take 29 seconds, and API Gateway holds the handshake for it. */
const HANDSHAKE_TIMEOUT_MS = 30_000;

/** Starts a handshake. Deflate is off: API Gateway does not document it, and the generator's CPU is for deliveries. */
export const openConnection = ({ url, headers, subprotocol }: Target): WebSocket =>
  new WebSocket(url, subprotocol ? [subprotocol] : [], {
    headers,
    perMessageDeflate: false,
    handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
  });
