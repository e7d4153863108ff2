import { randomBytes } from 'node:crypto';

/**
 * An id in API Gateway's form, for connections, requests and messages: 11 random bytes in base64url and a `=`, 16
 * characters in all. It may hold `-`, `_` and `=`, so it has to be encoded in a path.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html
 */
export const newId = (): string => `${randomBytes(11).toString('base64url')}=`;
