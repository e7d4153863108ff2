import { expect, it } from '@jest/globals';
import type { Outcome } from '../../../../packages/load/generator/delivery-ledger.ts';
import { settleAccount } from '../../../../packages/load/generator/settle-account.ts';

const outcome = (expected: number[], lost: number[], rest: Partial<Outcome> = {}): Outcome => ({
  expected: Uint32Array.from(expected),
  lost: Uint32Array.from(lost),
  expectedSlow: new Uint32Array(expected.length),
  lostSlow: new Uint32Array(expected.length),
  refused: [],
  cutOff: [],
  ...rest,
});
const times = (sent: number[], last: number[]) => ({
  sentAtUs: Float64Array.from(sent),
  firstAtUs: Float64Array.from(last),
  lastAtUs: Float64Array.from(last),
  lastPromptAtUs: Float64Array.from(last),
});
const settlement = (sent: number[], last: number[]) => ({ ...times(sent, last), settleUs: 100, endUs: 10_000 });

it('adds up the outcomes of the processes by message', () => {
  const account = settleAccount([outcome([10, 10], [0, 1]), outcome([9, 9], [2, 0])], settlement([1, 2], [50, 50]));
  expect(account).toMatchObject({ expected: 38, lost: 3, lostEntirely: 0 });
  expect(account.lossy).toEqual([
    { message: 0, expected: 19, lost: 2 },
    { message: 1, expected: 19, lost: 1 },
  ]);
});

it('does not expect deliveries of messages that were refused or cut off in any process', () => {
  const parts = [outcome([10, 10, 10], [10, 10, 10], { refused: [0] }), outcome([9, 9, 9], [9, 9, 9], { cutOff: [1] })];
  const account = settleAccount(parts, settlement([1, 2, 3], [Number.NaN, Number.NaN, Number.NaN]));
  expect(account).toMatchObject({ expected: 19, lost: 19, lostEntirely: 1, refused: 1, cutOff: 1 });
});

it('leaves out messages that were not sent, and counts messages that were sent too late to settle', () => {
  const account = settleAccount([outcome([0, 0], [0, 0])], settlement([Number.NaN, 9_950], [Number.NaN, Number.NaN]));
  expect(account).toMatchObject({ expected: 0, unsettled: 1 });
});

it('lists only messages with losses, and settles a message that had the whole settle time', () => {
  const account = settleAccount([outcome([9, 9], [0, 0])], settlement([1, 9_900], [50, 9_950]));
  expect(account).toMatchObject({ lossy: [], unsettled: 0 });
});
