/** The bytes of a client's frame. Default: a whole masked text frame. */
export const clientFrame = (
  payload: Buffer,
  { opcode = 0x1, fin = true, masked = true, reserved = 0 }: FrameOptions = {},
): Buffer => {
  const mask = Buffer.from([1, 2, 3, 4]);
  const first = (fin ? 0x80 : 0) | (reserved << 4) | opcode;
  const header = Buffer.concat([Buffer.from([first]), lengthOf(payload.length, masked)]);
  if (!masked) return Buffer.concat([header, payload]);
  const hidden = Buffer.from(payload.map((byte, index) => byte ^ (mask[index % 4] as number)));
  return Buffer.concat([header, mask, hidden]);
};

/** The header of a text frame that claims 2^63 - 1 bytes. */
export const hugeFrameHeader = (): Buffer =>
  Buffer.from([0x81, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 2, 3, 4]);

interface FrameOptions {
  opcode?: number;
  fin?: boolean;
  masked?: boolean;
  /** The three reserved bits, as a number from 0 to 7. */
  reserved?: number;
}

const lengthOf = (bytes: number, masked: boolean): Buffer => {
  const bit = masked ? 0x80 : 0;
  if (bytes < 126) return Buffer.from([bit | bytes]);
  const long = bytes > 0xffff;
  const length = Buffer.alloc(long ? 9 : 3);
  length[0] = bit | (long ? 127 : 126);
  if (long) length.writeBigUInt64BE(BigInt(bytes), 1);
  else length.writeUInt16BE(bytes, 1);
  return length;
};
