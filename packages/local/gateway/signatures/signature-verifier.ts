import { hash } from 'node:crypto';
import type { Caller, Keyring } from '../../model/application.ts';
import type { Clock } from '../../runtime/clock.ts';
import { memoize } from '../../runtime/memoize.ts';
import {
  type AuthorizationParts,
  authorizationParser,
  canonicalRequest,
  type SignedRequest,
} from './canonical-request.ts';
import { moveSignatureToHeaders } from './move-signature-to-headers.ts';
import { signingKeys } from './signing-keys.ts';

/** The name and the message of an error that is answered with 403. */
export interface SignatureRefusal {
  errorType: string;
  message: string;
}

export type Verification = { caller: Caller; accessKeyId: string } | { refusal: SignatureRefusal };

export type VerifySignature = (request: SignedRequest) => Verification;

const SERVICE = 'execute-api';
const MAX_SKEW_MS = 5 * 60_000;
const AMZ_DATE = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/;
const MISMATCH =
  'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.';

/**
 * Verifies the Signature Version 4 of a request, in its headers or its query string, and finds its caller. The refusals
 * use AWS's words. As on AWS, the refusal of a wrong signature contains the canonical request, which may include a
 * session token: never log it.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html
 */
export const signatureVerifier = ({ keyring, region, clock }: VerifierOptions): VerifySignature => {
  const signingKey = signingKeys(region, SERVICE);
  const parse = authorizationParser();
  const signedAt = memoize(parseAmzDate);
  return (received) => {
    const request = moveSignatureToHeaders(received);
    const { authorization } = request.headers;
    if (typeof authorization !== 'string')
      return refuse('MissingAuthenticationTokenException', 'Missing Authentication Token');
    const parsed = parse(authorization);
    if (!parsed) return refuse('IncompleteSignatureException', describeIncomplete(authorization));
    const { parts, signature } = parsed;
    const holder = keyring.find(parts.accessKeyId);
    const { sessionToken } = holder?.credentials ?? {};
    if (!holder || (sessionToken !== undefined && request.headers['x-amz-security-token'] !== sessionToken)) {
      return refuse('UnrecognizedClientException', 'The security token included in the request is invalid.');
    }
    const amzDate = String(request.headers['x-amz-date'] ?? '');
    const refusal =
      scopeRefusal(parts, region) ??
      skewRefusal(amzDate, signedAt(amzDate), clock.now(), request.validForMs) ??
      dateRefusal(parts.date, amzDate);
    if (refusal) return refuse('InvalidSignatureException', refusal);
    const canonical = canonicalRequest(request, parts.signedHeaders);
    const stringToSign = `AWS4-HMAC-SHA256\n${amzDate}\n${parts.scope}\n${hash('sha256', canonical)}`;
    if (signingKey(holder.credentials, parts.date)(stringToSign) === signature) {
      return { caller: holder.caller, accessKeyId: parts.accessKeyId };
    }
    return refuse('InvalidSignatureException', mismatch(canonical, stringToSign));
  };
};

interface VerifierOptions {
  keyring: Keyring;
  region: string;
  clock: Clock;
}

const refuse = (errorType: string, message: string): Verification => ({ refusal: { errorType, message } });

const describeIncomplete = (authorization: string): string => {
  const missing = ['Credential', 'Signature', 'SignedHeaders'].filter((part) => !authorization.includes(`${part}=`));
  if (missing.length > 0) return missing.map((part) => `Authorization header requires '${part}' parameter.`).join(' ');
  return 'Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term';
};

const scopeRefusal = (parts: AuthorizationParts, region: string): string | undefined => {
  if (parts.region !== region) return `Credential should be scoped to a valid region, not '${parts.region}'. `;
  if (parts.service !== SERVICE) return `Credential should be scoped to correct service: '${SERVICE}'. `;
  if (parts.signedHeaders.includes('host')) return undefined;
  return "'Host' must be a 'SignedHeader' in the AWS Authorization.";
};

const parseAmzDate = (amzDate: string): number | undefined => {
  const [, year, month, day, hours, minutes, seconds] = AMZ_DATE.exec(amzDate)?.map(Number) ?? [];
  if (year === undefined || month === undefined) return undefined;
  return Date.UTC(year, month - 1, day, hours, minutes, seconds);
};

const skewRefusal = (
  amzDate: string,
  signedAt: number | undefined,
  now: number,
  validForMs = MAX_SKEW_MS,
): string | undefined => {
  if (signedAt === undefined) return "Date in 'X-Amz-Date' must be in ISO-8601 'basic format'.";
  const [earliest, latest] = [now - validForMs, now + MAX_SKEW_MS];
  if (signedAt < earliest) {
    return `Signature expired: ${amzDate} is now earlier than ${isoBasic(earliest)} (${isoBasic(now)} - ${validForMs / 60_000} min.)`;
  }
  if (signedAt <= latest) return undefined;
  return `Signature not yet current: ${amzDate} is still later than ${isoBasic(latest)} (${isoBasic(now)} + 5 min.)`;
};

/** AWS's words: https://github.com/tedder/requests-aws4auth/issues/7 */
const dateRefusal = (scopeDate: string, amzDate: string): string | undefined => {
  const date = amzDate.slice(0, 8);
  if (scopeDate === date) return undefined;
  return `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${scopeDate}' != '${date}', from '${amzDate}'.`;
};

const isoBasic = (epochMs: number): string => new Date(epochMs).toISOString().replace(/[-:]|\.\d{3}/g, '');

const mismatch = (canonical: string, stringToSign: string): string =>
  `${MISMATCH}\n\nThe Canonical String for this request should have been\n'${canonical}'\n\nThe String-to-Sign should have been\n'${stringToSign}'\n`;
