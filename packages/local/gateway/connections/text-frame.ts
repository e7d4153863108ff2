import { isUtf8 } from 'node:buffer';

const FINAL_TEXT = 0x81;
const LENGTH_IN_2_BYTES = 126;
const LENGTH_IN_8_BYTES = 127;

/**
 * The one text frame in which a message goes to a client. Bytes that are not UTF-8 are replaced by U+FFFD: an invalid text
 * frame would end the connection.
 *
 * @see https://datatracker.ietf.org/doc/html/rfc6455#section-5.2
 */
export const textFrame = (message: string | Buffer): Buffer => {
  const text = typeof message !== 'string' && isUtf8(message) ? message : Buffer.from(message.toString());
  return Buffer.concat([frameHeader(text.length), text]);
};

const frameHeader = (length: number): Buffer => {
  if (length < LENGTH_IN_2_BYTES) return Buffer.from([FINAL_TEXT, length]);
  const isShort = length < 2 ** 16;
  const header = Buffer.alloc(isShort ? 4 : 10);
  header[0] = FINAL_TEXT;
  header[1] = isShort ? LENGTH_IN_2_BYTES : LENGTH_IN_8_BYTES;
  if (isShort) header.writeUInt16BE(length, 2);
  else header.writeBigUInt64BE(BigInt(length), 2);
  return header;
};
