import { isRecord } from './is-record.ts';
import { readStatusCode } from './read-status-code.ts';

/** What a Lambda proxy integration answered, in a form that can be used. */
export interface ProxyResult {
  /** Absent where the function gave none. */
  statusCode?: number;
  /** By lower-case name. */
  headers: ReadonlyMap<string, string>;
  /** Text; Base64 is decoded. */
  body?: string;
}

const KNOWN = new Set(['statusCode', 'headers', 'multiValueHeaders', 'body', 'isBase64Encoded', 'cookies']);

/**
 * Reads the result of a function. `undefined` is a malformed result: not an object, a field that a proxy result does not
 * have, or one of the wrong type.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html#api-gateway-simple-proxy-for-lambda-output-format
 */
export const proxyResult = (payload: unknown): ProxyResult | undefined => {
  if (!isRecord(payload) || Object.keys(payload).some((key) => !KNOWN.has(key))) return undefined;
  const { statusCode, body, isBase64Encoded, headers, multiValueHeaders } = payload;
  const status = readStatusCode(statusCode);
  if (status === undefined && statusCode !== undefined) return undefined;
  if (!isAbsent(body) && typeof body !== 'string') return undefined;
  if (![headers, multiValueHeaders].every((map) => isAbsent(map) || isRecord(map))) return undefined;
  return {
    ...(status !== undefined && { statusCode: status }),
    headers: headersOf(headers, multiValueHeaders),
    ...(typeof body === 'string' && {
      body: isBase64Encoded === true ? Buffer.from(body, 'base64').toString('utf8') : body,
    }),
  };
};

const isAbsent = (value: unknown): boolean => value === undefined || value === null;

const headersOf = (single: unknown, multi: unknown): ReadonlyMap<string, string> => {
  const entries = [...Object.entries(multi ?? {}), ...Object.entries(single ?? {})];
  return new Map(entries.map(([name, value]) => [name.toLowerCase(), String(value)]));
};
