import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { StringDecoder } from 'node:string_decoder';

/** Splits the bytes of one stream into lines. A write may end anywhere, even within a character. */
class LineReader {
  readonly #print: (line: string) => void;
  #decoder = new StringDecoder();
  #partial = '';

  constructor(print: (line: string) => void) {
    this.#print = print;
  }

  take(bytes: Buffer): void {
    const lines = (this.#partial + this.#decoder.write(bytes)).split('\n');
    this.#partial = lines.pop() as string;
    lines.forEach(this.#print);
  }

  /** Prints the incomplete last line. */
  flush(): void {
    const rest = this.#partial + this.#decoder.end();
    this.#partial = '';
    if (rest) this.#print(rest);
  }
}

type Written = string | NodeJS.ArrayBufferView;
type Range = { offset?: number | null; length?: number | null };

/**
 * The bytes that `fs.writeSync(fd, text, position, encoding)`, `(fd, bytes, offset, length)` or
 * `(fd, bytes, { offset, length })` writes.
 */
const writtenBytes = (
  data: Written,
  second?: number | Range | null,
  third?: number | BufferEncoding | null,
): Buffer => {
  if (typeof data === 'string') return Buffer.from(data, third as BufferEncoding);
  const { offset, length } =
    typeof second === 'object' && second ? second : { offset: second, length: third as number };
  const start = offset ?? 0;
  const end = typeof length === 'number' ? start + length : data.byteLength;
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength).subarray(start, end);
};

/**
 * Passes each printed line to `print` synchronously. A worker's own stdout needs the event loop, and a freeze stops it:
 * only the first of five lines that were written just before a freeze arrived.
 */
export const captureOutput = (print: (line: string) => void): { flush(): void } => {
  const readers = new Map<number, LineReader>();
  const streams = [
    [1, process.stdout],
    [2, process.stderr],
  ] as const;
  for (const [fd, stream] of streams) {
    const reader = new LineReader(print);
    readers.set(fd, reader);
    // The stream is changed and not replaced, because Node calls methods that only a worker's own streams have.
    stream._write = (chunk: string | Buffer, encoding, done) => {
      reader.take(typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk);
      done();
    };
    delete (Object.getPrototypeOf(stream) as { _writev?: unknown })._writev;
    Object.assign(stream, { fd });
  }
  const writeSync = fs.writeSync as (fd: number, data: Written, ...rest: never[]) => number;
  fs.writeSync = ((fd: number, data: Written, ...rest: never[]) => {
    const reader = readers.get(fd);
    if (!reader) return writeSync(fd, data, ...rest);
    const bytes = writtenBytes(data, ...rest);
    reader.take(bytes);
    return bytes.length;
  }) as typeof fs.writeSync;
  const write = fs.write as (fd: number, data: Written, ...rest: never[]) => void;
  fs.write = ((fd: number, data: Written, ...rest: never[]) => {
    if (!readers.has(fd)) return write(fd, data, ...rest);
    const done = rest.pop() as unknown as (error: null, written: number, data: Written) => void;
    const written = fs.writeSync(fd, data as string, ...rest);
    setImmediate(done, null, written, data);
  }) as typeof fs.write;
  syncBuiltinESMExports();
  return {
    flush: () => {
      for (const reader of readers.values()) reader.flush();
    },
  };
};
