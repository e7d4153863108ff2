import type { MessageTimes } from './delivery-ledger.ts';

/** The times of each message over all processes: sent, first and last received. */
export const mergeTimes = (parts: readonly MessageTimes[]): MessageTimes => {
  const length = Math.max(0, ...parts.map(({ sentAtUs }) => sentAtUs.length));
  const merged: MessageTimes = {
    sentAtUs: new Float64Array(length).fill(Number.NaN),
    firstAtUs: new Float64Array(length).fill(Number.NaN),
    lastAtUs: new Float64Array(length).fill(Number.NaN),
    lastPromptAtUs: new Float64Array(length).fill(Number.NaN),
  };
  for (const part of parts) {
    for (const [message, sentAtUs] of part.sentAtUs.entries()) {
      if (!Number.isNaN(sentAtUs)) merged.sentAtUs[message] = sentAtUs;
      put(merged.firstAtUs, message, part.firstAtUs[message], Math.min);
      put(merged.lastAtUs, message, part.lastAtUs[message], Math.max);
      put(merged.lastPromptAtUs, message, part.lastPromptAtUs[message], Math.max);
    }
  }
  return merged;
};

const put = (
  to: Float64Array,
  message: number,
  value: number | undefined,
  choose: (a: number, b: number) => number,
): void => {
  if (value === undefined || Number.isNaN(value)) return;
  const before = to[message] as number;
  to[message] = Number.isNaN(before) ? value : choose(before, value);
};
