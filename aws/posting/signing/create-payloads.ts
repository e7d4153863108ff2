import { hash } from 'node:crypto';

/** A message that is ready to be signed and written many times. */
export interface Payload {
  /** SHA-256 of its UTF-8 bytes, in lower-case hexadecimal. */
  readonly sha256: string;
  readonly byteLength: number;
  /** One character for each UTF-8 byte: the head and the payload are written as one string. */
  readonly latin1: string;
}

/** Our choice: each message of a batch is hashed once, and memory stays bounded. 16 messages of 128 KB take 6 MB. */
const MAX_PAYLOADS = 16;

/**
 * Creates a function that returns the payload of a message. It caches the last 16, so that a broadcast is hashed once.
 */
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
