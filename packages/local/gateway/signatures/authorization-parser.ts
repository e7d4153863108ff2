import { remember } from '../../runtime/remember.ts';

/** What an `Authorization` header of Signature Version 4 says, but for the signature itself. */
export interface AuthorizationParts {
  accessKeyId: string;
  /** `20261120/us-east-1/execute-api/aws4_request` */
  scope: string;
  date: string;
  region: string;
  service: string;
  /** Names of the signed headers, in their order. */
  signedHeaders: readonly string[];
}

const BEFORE_SIGNATURE =
  /^AWS4-HMAC-SHA256 +Credential=(?<accessKeyId>[^/,\s]+)\/(?<scope>(?<date>\d{8})\/(?<region>[^/,\s]+)\/(?<service>[^/,\s]+)\/aws4_request), *SignedHeaders=(?<signedHeaders>[^,\s]+), *Signature=$/;
const SIGNATURE = /^[0-9a-f]{64}$/;
const SIGNATURE_LENGTH = 64;

/**
 * Makes a parser of `Authorization` headers. All but the signature stays the same for a caller's whole day, and is parsed
 * once: a broadcast sends thousands a second. `undefined` for what is not of the form.
 */
export const authorizationParser = (): ((
  authorization: string,
) => { parts: AuthorizationParts; signature: string } | undefined) => {
  const parse = remember(parseStart);
  return (authorization) => {
    const signature = authorization.slice(-SIGNATURE_LENGTH);
    if (!SIGNATURE.test(signature)) return undefined;
    const parts = parse(authorization.slice(0, -SIGNATURE_LENGTH));
    return parts && { parts, signature };
  };
};

const parseStart = (start: string): AuthorizationParts | undefined => {
  const groups = BEFORE_SIGNATURE.exec(start)?.groups as Record<keyof AuthorizationParts, string> | undefined;
  return groups && { ...groups, signedHeaders: groups.signedHeaders.split(';') };
};
