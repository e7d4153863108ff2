import { isUtf8 } from 'node:buffer';
import { Sender } from 'ws';

declare module 'ws' {
  /** `ws` exports it, but its types do not. */
  export const Sender: { frame(data: Buffer, options: { fin: boolean; opcode: number }): Buffer[] };
}

const TEXT = 1;

/**
 * Makes the one unmasked text frame that carries a message to a client. Bytes that are not UTF-8 become U+FFFD, because
 * an invalid text frame would end the connection.
 *
 * @see https://datatracker.ietf.org/doc/html/rfc6455#section-5.2
 */
export const textFrame = (message: string | Buffer): Buffer => {
  const text = typeof message !== 'string' && isUtf8(message) ? message : Buffer.from(message.toString());
  return Buffer.concat(Sender.frame(text, { fin: true, opcode: TEXT }));
};
