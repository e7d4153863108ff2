/**
 * How far AWS's clock is ahead of ours, in milliseconds, where a 403 says that the signature's date is why it was
 * refused; `undefined` for any other answer. Other answers' dates are not looked at: a proxy's or a cached one would
 * turn a right clock into a wrong one.
 *
 * @param answer.body Text of the 403: "Signature expired: … is now earlier than …", or "Signature not yet current: … is
 *   still later than …".
 * @param answer.date The header `Date`.
 */
export const findClockSkewMs = (
  answer: { readonly status: number; readonly body: string; readonly date: string | undefined },
  nowMs: number,
): number | undefined => {
  if (answer.status !== 403 || !/Signature (expired|not yet current)/.test(answer.body)) return undefined;
  const dateMs = Date.parse(answer.date ?? '');
  return Number.isNaN(dateMs) ? undefined : dateMs - nowMs;
};
