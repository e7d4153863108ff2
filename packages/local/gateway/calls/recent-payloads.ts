import { hash } from 'node:crypto';
import { textFrame } from '../connections/text-frame.ts';

/** A call's body, and what is made of it once however many connections it is posted to. */
export interface Payload {
  readonly bytes: Buffer;
  /** Hexadecimal. */
  readonly sha256: string;
  readonly frame: Buffer;
}

/** Ours: so many broadcasts may be under way at once and still find their payload. */
const MOST_PAYLOADS = 8;

/** Gives a body's payload. The posts of a broadcast come together and have the same body. */
export const recentPayloads = (): ((body: Buffer) => Payload) => {
  const recent: Payload[] = [];
  return (body) => {
    const known = recent.find(({ bytes }) => bytes.equals(body));
    if (known) return known;
    const payload = { bytes: body, sha256: hash('sha256', body), frame: textFrame(body) };
    if (recent.unshift(payload) > MOST_PAYLOADS) recent.pop();
    return payload;
  };
};
