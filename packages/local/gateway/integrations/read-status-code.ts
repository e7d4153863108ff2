/**
 * A status code that an integration gave, as a number or its digits; `undefined` where it is none from 200 to 599. A 1xx
 * is no answer, and 101 would tell a client that it is connected.
 */
export const readStatusCode = (value: unknown): number | undefined =>
  (typeof value === 'number' || typeof value === 'string') && /^[2-5]\d\d$/.test(String(value))
    ? Number(value)
    : undefined;
