import { expect, it } from '@jest/globals';
import { FanOutLog } from '../../../../packages/load/report/fan-out-log.ts';
import { BROADCAST_ACCOUNT } from '../../../../schemas/broadcast-account.ts';

const line = (requestId: string, account: object): string =>
  JSON.stringify({ message: BROADCAST_ACCOUNT, requestId, account });

it('adds up what the fan-out accounts for, and how many records its invocations worked on', () => {
  const log = new FanOutLog();
  log.note(line('a', { id: '1', delivered: 3, unknown: 1 }));
  log.note(line('a', { id: '2', delivered: 4, stale: 2 }));
  log.note(line('b', { id: '3', delivered: 5 }));
  expect(log.summary().batchSizes).toEqual({ 1: 1, 2: 1 });
  expect(log.summary().account).toMatchObject({ delivered: 12, stale: 2, unknown: 1, undelivered: 0 });
});

it('passes over every other line', () => {
  const log = new FanOutLog();
  for (const text of [
    '',
    'hello',
    BROADCAST_ACCOUNT,
    `{"${BROADCAST_ACCOUNT}`,
    '{"message":"other","account":{"delivered":1}}',
  ])
    log.note(text);
  expect(log.summary()).toEqual({ batchSizes: {}, account: {} });
});
