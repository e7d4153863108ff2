import { hash } from 'node:crypto';

/**
 * What a log calls a connection: 12 hexadecimal digits of its id's SHA-256. Who knows the id itself, and may post, can
 * write to the client.
 */
export const connectionHash = (connectionId: string): string => hash('sha256', connectionId, 'hex').slice(0, 12);
