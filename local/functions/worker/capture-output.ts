import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

/**
 * Hands every printed line to `print` at once. A worker's own stdout needs the event loop, which a freeze stops: of five
 * lines written just before it one arrived, the rest never.
 */
export const captureOutput = (print: (line: string) => void): { flush(): void } => {
  let partial = '';
  const take = (text: string) => {
    const lines = (partial + text).split('\n');
    partial = lines.pop() as string;
    lines.forEach(print);
  };
  for (const stream of [process.stdout, process.stderr]) {
    // In place: Node's own plumbing of a worker calls methods that only its streams have.
    stream._write = (chunk, _encoding, done) => {
      take(chunk.toString());
      done();
    };
    delete (Object.getPrototypeOf(stream) as { _writev?: unknown })._writev;
  }
  const writeSync = fs.writeSync as (fd: number, data: string | NodeJS.ArrayBufferView, ...rest: never[]) => number;
  fs.writeSync = ((fd: number, data: string | NodeJS.ArrayBufferView, ...rest: never[]) => {
    if (fd !== 1 && fd !== 2) return writeSync(fd, data, ...rest);
    const text =
      typeof data === 'string' ? data : Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString();
    take(text);
    return Buffer.byteLength(text);
  }) as typeof fs.writeSync;
  syncBuiltinESMExports();
  return {
    flush: () => {
      if (partial) take('\n');
    },
  };
};
