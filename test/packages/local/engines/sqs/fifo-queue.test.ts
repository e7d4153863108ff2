import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createMovableClock } from '../../../../../packages/local/runtime/clock.ts';
import { STARTING_MS, startEnginesForTest, type TestEngines } from '../start-engines-for-test.ts';

const clock = createMovableClock();
let test: TestEngines;
beforeAll(async () => {
  test = await startEnginesForTest({ clock, queues: [{ name: 'jobs.fifo', attributes: { FifoQueue: 'true' } }] });
}, STARTING_MS);
afterAll(() => test.stop());

describe('the depth of a FIFO queue', () => {
  it('counts each message of each group, and the age of the oldest', async () => {
    const sqs = test.sqs();
    for (const [index, MessageGroupId] of ['a', 'a', 'b', 'a'].entries()) {
      const message = { MessageBody: 'x', MessageGroupId, MessageDeduplicationId: String(index) };
      await sqs.send(new SendMessageCommand({ QueueUrl: test.url('jobs.fifo'), ...message }));
    }
    await clock.advance(90_000);
    const depths = await test.engines.queueDepths();
    expect(depths).toEqual([{ name: 'jobs.fifo', visible: 4, inFlight: 0, oldestAgeMs: expect.any(Number) }]);
    expect(depths[0]?.oldestAgeMs).toBeGreaterThanOrEqual(90_000);
  });
});
