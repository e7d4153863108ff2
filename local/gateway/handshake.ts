import type { Stage } from '../application.ts';

/** What a valid upgrade request said. */
export interface Handshake {
  stage: Stage;
  /** In the client's case, in the client's order, repeated ones repeated. */
  headers: readonly (readonly [name: string, value: string])[];
  /** Decoded, repeated ones repeated; empty without a query string. */
  query: readonly (readonly [name: string, value: string])[];
  sourceIp: string;
  userAgent?: string;
}

/** Why a handshake ends without a connection. `statusCode` is what the client sees, `why` what the developer reads. */
export interface HandshakeRefusal {
  statusCode: number;
  /** The body's `message`. Absent: no body. */
  message?: string;
  why: string;
  headers?: Readonly<Record<string, string>>;
}
