import { randomBytes } from 'node:crypto';

/**
 * The first field of a new trace header, `Root=1-{seconds}-{random}`.
 * @param epochMs Time of the request, in epoch milliseconds.
 * @see https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
 */
export const newTraceRoot = (epochMs: number): string => {
  const seconds = Math.floor(epochMs / 1_000).toString(16);
  return `Root=1-${seconds.padStart(8, '0')}-${randomBytes(12).toString('hex')}`;
};
