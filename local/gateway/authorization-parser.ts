/** What an `Authorization` header of Signature Version 4 says, but for the signature itself. */
export interface AuthorizationParts {
  accessKeyId: string;
  /** `20261120/us-east-1/execute-api/aws4_request` */
  scope: string;
  date: string;
  region: string;
  service: string;
  /** By semicolons. */
  signedHeaders: string;
}

const BEFORE_SIGNATURE =
  /^AWS4-HMAC-SHA256 +Credential=(?<accessKeyId>[^/,\s]+)\/(?<scope>(?<date>\d{8})\/(?<region>[^/,\s]+)\/(?<service>[^/,\s]+)\/aws4_request), *SignedHeaders=(?<signedHeaders>[^,\s]+), *Signature=$/;
const SIGNATURE = /^[0-9a-f]{64}$/;
const SIGNATURE_LENGTH = 64;
const MOST_REMEMBERED = 1_000;

/**
 * Makes a parser of `Authorization` headers. All but the signature stays the same for a caller's whole day, and is parsed
 * once: a broadcast sends thousands a second. `undefined` for what is not of the form.
 */
export const authorizationParser = (): ((
  authorization: string,
) => { parts: AuthorizationParts; signature: string } | undefined) => {
  const remembered = new Map<string, AuthorizationParts>();
  return (authorization) => {
    const signature = authorization.slice(-SIGNATURE_LENGTH);
    if (!SIGNATURE.test(signature)) return undefined;
    const start = authorization.slice(0, -SIGNATURE_LENGTH);
    const known = remembered.get(start);
    if (known) return { parts: known, signature };
    const parts = BEFORE_SIGNATURE.exec(start)?.groups as unknown as AuthorizationParts | undefined;
    if (!parts) return undefined;
    if (remembered.size >= MOST_REMEMBERED) remembered.clear();
    remembered.set(start, parts);
    return { parts, signature };
  };
};
