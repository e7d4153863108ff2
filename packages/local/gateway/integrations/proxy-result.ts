/** The valid result of a Lambda proxy integration. */
export interface ProxyResult {
  /** Absent if the function did not give one. */
  statusCode?: number;
  /** By lower-case name. */
  headers: ReadonlyMap<string, string>;
  /** Text. Base64 is decoded. */
  body?: string;
}

const KNOWN = new Set(['statusCode', 'headers', 'multiValueHeaders', 'body', 'isBase64Encoded', 'cookies']);

/**
 * Reads the result of a function. `undefined` if it is malformed: not an object, with a field that a proxy result does
 * not have, or with a field of the wrong type.
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
 * Reads a status code from 200 to 599, as a number or as digits; else `undefined`. A 1xx status does not answer a
 * request, and 101 would tell a client that it is connected.
 */
export const readStatusCode = (value: unknown): number | undefined =>
  (typeof value === 'number' || typeof value === 'string') && /^[2-5]\d\d$/.test(String(value))
    ? Number(value)
    : undefined;

/** Whether a value is a JSON object: not `null`, and not an array. */
export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Longest part of a body in the log, in characters: enough for the sentence of an error. */
const MAX_SHOWN = 300;

/** Describes a result that is not a success. It may reach no client, so the developer reads it here. */
export const describeAnswer = ({ statusCode, body = '' }: ProxyResult): string => {
  const text = body.replace(/\s+/g, ' ');
  const shown = text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
  return `answered ${statusCode}${shown && `: ${shown}`}`;
};
