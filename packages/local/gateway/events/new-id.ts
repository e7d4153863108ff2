import { randomFillSync } from 'node:crypto';

const ID_BYTES = 11;
/** Holds random bytes for 1,000 ids: a request for eleven bytes costs half as much as verifying a signature. */
const pool = Buffer.alloc(ID_BYTES * 1_000);
let used = pool.length;

/**
 * Makes an id in API Gateway's form, for connections, requests and messages: 11 random bytes in base64url and a `=`, 16
 * characters in all. Encode it in a path: it contains `=`, and may contain `-` and `_`.
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
