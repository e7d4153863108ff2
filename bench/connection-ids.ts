/** Ids of AWS's form (11 bytes in base64url) that carry a number, so that the stub knows of an id what to answer. */
export const toConnectionId = (index: number): string => {
  const bytes = Buffer.alloc(11, 0x5a);
  bytes.writeUInt32BE(index);
  return `${bytes.toString('base64url')}=`;
};

/** The number that {@link toConnectionId} was given. */
export const toIndex = (connectionId: string): number => Buffer.from(connectionId, 'base64url').readUInt32BE();
