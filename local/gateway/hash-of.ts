import { createHash } from 'node:crypto';

/** What a log calls a connection: the first eight hexadecimal digits of its id's SHA-256. */
export const hashOf = (connectionId: string): string =>
  createHash('sha256').update(connectionId).digest('hex').slice(0, 8);
