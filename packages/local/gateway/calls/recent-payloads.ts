import { hash } from 'node:crypto';
import { textFrame } from '../connections/text-frame.ts';

/** The body of a call, with the hash and the frame that are made once for all connections it is posted to. */
export interface Payload {
  readonly bytes: Buffer;
  /** In hexadecimal. */
  readonly sha256: string;
  readonly frame: Buffer;
}

/** Most payloads that are kept (our choice): if more broadcasts post at the same time, payloads are made again. */
const MAX_PAYLOADS = 8;

/**
 * Returns a function that gives the payload of a body. It keeps payloads: the posts of a broadcast have the same body.
 */
export const recentPayloads = (): ((body: Buffer) => Payload) => {
  const recent: Payload[] = [];
  return (body) => {
    const known = recent.find(({ bytes }) => bytes.equals(body));
    if (known) return known;
    const payload = { bytes: body, sha256: hash('sha256', body), frame: textFrame(body) };
    if (recent.unshift(payload) > MAX_PAYLOADS) recent.pop();
    return payload;
  };
};
