import { hash } from 'node:crypto';

/**
 * Returns the name of a connection for logs: 12 hexadecimal digits of its id's SHA-256. The id itself is not logged,
 * because anyone who knows it and may post can write to the client.
 *
 * ```ts
 * import { connectionHash } from 'middy-fanout/schemas';
 *
 * console.log(connectionHash('PJqB0fHsqRcCHlw=')); // look for it in the log
 * ```
 */
export const connectionHash = (connectionId: string): string => hash('sha256', connectionId, 'hex').slice(0, 12);
