import { hash } from 'node:crypto';

/**
 * Returns the name of a connection in logs: the first 12 hexadecimal digits of the SHA-256 of its id. The id itself is
 * not logged, because anyone who knows it and may post can write to the client.
 *
 * ```ts
 * import { connectionHash } from 'middy-fanout/schemas';
 *
 * console.log(connectionHash('PJqB0fHsqRcCHlw=')); // look for it in the log
 * ```
 */
export const connectionHash = (connectionId: string): string => hash('sha256', connectionId, 'hex').slice(0, 12);
