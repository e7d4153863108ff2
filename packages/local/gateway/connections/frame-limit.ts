import type { Duplex } from 'node:stream';
import { MAX_FRAME_BYTES } from '../../../../schemas/quotas.ts';

const BINARY = 0x2;
const LONGEST_HEADER = 14;

/** The number of bytes of a chunk that may pass, and the violation that ends the connection, if there is one. */
export interface FrameVerdict {
  allowedBytes: number;
  violation?: { code: 1003 | 1009; why: string };
}

/**
 * Follows the frames of one client by their headers, because `ws` limits the size of messages only. A binary frame is
 * 1003 and a frame of more than 32 KB is 1009, before its payload is read. `ws` checks all other rules of RFC 6455.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html
 * @see https://datatracker.ietf.org/doc/html/rfc6455#section-5.2
 */
export class FrameLimit {
  readonly #header = Buffer.alloc(LONGEST_HEADER);
  #headerBytes = 0;
  #payloadBytes = 0;

  inspect(chunk: Buffer): FrameVerdict {
    let offset = 0;
    let frameStart = 0;
    while (offset < chunk.length) {
      if (this.#payloadBytes > 0) {
        const skipped = Math.min(this.#payloadBytes, chunk.length - offset);
        this.#payloadBytes -= skipped;
        offset += skipped;
        continue;
      }
      if (this.#headerBytes === 0) frameStart = offset;
      this.#header[this.#headerBytes++] = chunk[offset++] as number;
      if (this.#headerBytes < this.#headerLength()) continue;
      this.#headerBytes = 0;
      this.#payloadBytes = this.#payloadLength();
      const violation = this.#violation();
      if (violation) return { allowedBytes: frameStart, violation };
    }
    return { allowedBytes: chunk.length };
  }

  #headerLength(): number {
    if (this.#headerBytes < 2) return 2;
    const second = this.#header.readUInt8(1);
    const extended = { 126: 2, 127: 8 }[second & 0x7f] ?? 0;
    return 2 + extended + (second & 0x80 ? 4 : 0);
  }

  #payloadLength(): number {
    const length = this.#header.readUInt8(1) & 0x7f;
    if (length < 126) return length;
    return length === 126 ? this.#header.readUInt16BE(2) : Number(this.#header.readBigUInt64BE(2));
  }

  #violation(): FrameVerdict['violation'] {
    if ((this.#header.readUInt8(0) & 0x0f) === BINARY)
      return { code: 1003, why: 'a binary frame: send Base64 in a text frame' };
    if (this.#payloadBytes <= MAX_FRAME_BYTES) return undefined;
    return { code: 1009, why: `a frame of ${this.#payloadBytes} bytes: send at most ${MAX_FRAME_BYTES} bytes a frame` };
  }
}

/**
 * Puts {@link FrameLimit} before `ws` on a socket that `ws` has just taken over. `ws` still reads the bytes before the
 * frame that breaks a rule, and no bytes after it.
 *
 * @returns A function that stops all reading.
 */
export const limitFrames = (
  socket: Duplex,
  onViolation: (violation: NonNullable<FrameVerdict['violation']>) => void,
): (() => void) => {
  const listeners = socket.listeners('data') as ((chunk: Buffer) => void)[];
  const limit = new FrameLimit();
  let reading = true;
  socket.removeAllListeners('data');
  socket.on('data', (chunk: Buffer) => {
    if (!reading) return;
    const { allowedBytes, violation } = limit.inspect(chunk);
    const allowed = violation ? chunk.subarray(0, allowedBytes) : chunk;
    if (allowed.length > 0) for (const listener of listeners) listener.call(socket, allowed);
    if (!violation) return;
    reading = false;
    onViolation(violation);
  });
  return () => {
    reading = false;
  };
};
