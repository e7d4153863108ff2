/** Why a handshake ends without a connection. */
export interface HandshakeRefusal {
  /** What the client sees. */
  statusCode: number;
  /** What the developer reads. */
  why: string;
  /** The body's `message`. Absent: no body. */
  message?: string;
  headers?: Readonly<Record<string, string>>;
}

export interface RefusedHandshake {
  refusal: HandshakeRefusal;
}

export const refusedHandshake = (
  statusCode: number,
  why: string,
  message?: string,
  headers?: Readonly<Record<string, string>>,
): RefusedHandshake => ({
  refusal: { statusCode, why, ...(message !== undefined && { message }), ...(headers && { headers }) },
});
