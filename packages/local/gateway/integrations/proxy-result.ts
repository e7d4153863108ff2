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

/**
 * A status code that an integration gave, as a number or its digits; `undefined` where it is none from 200 to 599. A 1xx
 * is no answer, and 101 would tell a client that it is connected.
 */
export const readStatusCode = (value: unknown): number | undefined =>
  (typeof value === 'number' || typeof value === 'string') && /^[2-5]\d\d$/.test(String(value))
    ? Number(value)
    : undefined;

/** An object that is no array, as JSON has it. */
export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Of a body, in characters: enough for an error's sentence. */
const MAX_SHOWN = 300;

/** What a function answered in place of success. It may reach no client at all, so the developer reads it here. */
export const describeAnswer = ({ statusCode, body = '' }: ProxyResult): string => {
  const text = body.replace(/\s+/g, ' ');
  const shown = text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
  return `answered ${statusCode}${shown && `: ${shown}`}`;
};
