import { isUtf8 } from 'node:buffer';
import { Sender } from 'ws';

declare module 'ws' {
  /** Exported by ws, but missing in its types. */
  export const Sender: { frame(data: Buffer, options: { fin: boolean; opcode: number }): Buffer[] };
}

const TEXT = 1;

/**
 * The one text frame in which a message goes to a client, unmasked. Bytes that are not UTF-8 are replaced by U+FFFD: an
 * invalid text frame would end the connection.
 *
 * @see https://datatracker.ietf.org/doc/html/rfc6455#section-5.2
 */
export const textFrame = (message: string | Buffer): Buffer => {
  const text = typeof message !== 'string' && isUtf8(message) ? message : Buffer.from(message.toString());
  return Buffer.concat(Sender.frame(text, { fin: true, opcode: TEXT }));
};
