/**
 * Creates an id in AWS's format (11 bytes in base64url) that carries a number. The stub's answer depends on the number.
 */
export const toConnectionId = (index: number): string => {
  const bytes = Buffer.alloc(11, 0x5a);
  bytes.writeUInt32BE(index);
  return `${bytes.toString('base64url')}=`;
};

/** Returns the number in an id of {@link toConnectionId}. */
export const toIndex = (connectionId: string): number => Buffer.from(connectionId, 'base64url').readUInt32BE();
