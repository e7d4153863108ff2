import type { Outcome, Settlement } from './delivery-ledger.ts';

/** A message that somebody did not receive. */
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

/** Adds up what the processes say of each message. What was refused or cut off was never broadcast: nobody lost it. */
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
    const expected = total(outcomes, ({ expected: of }) => of[message]);
    const lost = total(outcomes, ({ lost: of }) => of[message]);
    account.expected += expected;
    account.lost += lost;
    account.slow.expected += total(outcomes, ({ expectedSlow: of }) => of[message]);
    account.slow.lost += total(outcomes, ({ lostSlow: of }) => of[message]);
    if (lost > 0) account.lossy.push({ message, expected, lost });
    if (lost > 0 && Number.isNaN(lastAtUs[message])) account.lostEntirely++;
  }
  return account;
};

const total = (outcomes: readonly Outcome[], value: (outcome: Outcome) => number | undefined): number =>
  outcomes.reduce((sum, outcome) => sum + (value(outcome) ?? 0), 0);
