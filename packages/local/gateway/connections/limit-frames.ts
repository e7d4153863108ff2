import type { Duplex } from 'node:stream';
import { FrameLimit, type FrameVerdict } from './frame-limit.ts';

/**
 * Puts {@link FrameLimit} before `ws` on a socket that `ws` has just taken over. What came before the frame that breaks a
 * rule is still read; nothing after it is.
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
