import type { MessageTimes, Outcome, Settlement } from './delivery-ledger.ts';

/** A message with lost deliveries. */
export interface LossyMessage {
  message: number;
  expected: number;
  lost: number;
}

export interface Account {
  expected: number;
  lost: number;
  lostEntirely: number;
  refused: number;
  cutOff: number;
  unsettled: number;
  slow: { expected: number; lost: number };
  lossy: LossyMessage[];
}

/** Adds up the outcomes of all processes. Refused and cut-off messages have no expected deliveries. */
export const settleAccount = (
  outcomes: readonly Outcome[],
  { sentAtUs, lastAtUs, settleUs, endUs }: Settlement,
): Account => {
  const refused = new Set(outcomes.flatMap((outcome) => outcome.refused));
  const cutOff = new Set(outcomes.flatMap((outcome) => outcome.cutOff));
  const account: Account = {
    ...{ expected: 0, lost: 0, lostEntirely: 0, refused: refused.size, cutOff: cutOff.size, unsettled: 0 },
    slow: { expected: 0, lost: 0 },
    lossy: [],
  };
  for (const [message, sentUs] of sentAtUs.entries()) {
    if (Number.isNaN(sentUs) || refused.has(message) || cutOff.has(message)) continue;
    if (sentUs + settleUs > endUs) account.unsettled++;
    const expected = total(outcomes, (outcome) => outcome.expected[message]);
    const lost = total(outcomes, (outcome) => outcome.lost[message]);
    account.expected += expected;
    account.lost += lost;
    account.slow.expected += total(outcomes, (outcome) => outcome.expectedSlow[message]);
    account.slow.lost += total(outcomes, (outcome) => outcome.lostSlow[message]);
    if (lost > 0) account.lossy.push({ message, expected, lost });
    if (lost > 0 && Number.isNaN(lastAtUs[message])) account.lostEntirely++;
  }
  return account;
};

const total = (outcomes: readonly Outcome[], value: (outcome: Outcome) => number | undefined): number =>
  outcomes.reduce((sum, outcome) => sum + (value(outcome) ?? 0), 0);

/** Merges the times of all processes: the send time, the first and the last delivery of each message. */
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
