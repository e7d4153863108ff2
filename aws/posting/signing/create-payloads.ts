import { hash } from 'node:crypto';

/** A message made ready to be signed and written many times. */
export interface Payload {
  /** SHA-256 of its UTF-8 bytes, in lower-case hexadecimal. */
  readonly sha256: string;
  readonly byteLength: number;
  /** Its UTF-8 bytes, each as one character: together with the head it is written as one text. */
  readonly latin1: string;
}

/** So that the messages of one batch are hashed once each, and memory stays bounded: 16 of 128 KB are 6 MB. */
const MAX_PAYLOADS = 16;

/** Gives payloads of texts; the last {@link MAX_PAYLOADS} are remembered, so that a broadcast is hashed once for all its recipients. */
export const createPayloads = (): ((text: string) => Payload) => {
  const payloads = new Map<string, Payload>();
  return (text) => {
    const known = payloads.get(text);
    if (known !== undefined) return known;
    const bytes = Buffer.from(text);
    const payload = { sha256: hash('sha256', bytes), byteLength: bytes.length, latin1: bytes.toString('latin1') };
    for (const oldest of payloads.keys()) {
      if (payloads.size < MAX_PAYLOADS) break;
      payloads.delete(oldest);
    }
    payloads.set(text, payload);
    return payload;
  };
};
