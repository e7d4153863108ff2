import { randomFillSync } from 'node:crypto';

const ID_BYTES = 11;
/** Random bytes are taken by the thousand: asking for eleven costs as much as verifying half a signature. */
const pool = Buffer.alloc(ID_BYTES * 1_000);
let used = pool.length;

/**
 * An id in API Gateway's form, for connections, requests and messages: 11 random bytes in base64url and a `=`, 16
 * characters in all. It may hold `-`, `_` and `=`, so it has to be encoded in a path.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html
 */
export const newId = (): string => {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const id = pool.toString('base64url', used, used + ID_BYTES);
  used += ID_BYTES;
  return `${id}=`;
};
