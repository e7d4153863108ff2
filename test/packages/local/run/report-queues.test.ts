import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { LocalEvent } from '../../../../packages/local/model/local-event.ts';
import { reportQueues } from '../../../../packages/local/run/report-queues.ts';

describe('reportQueues', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('logs a queue each second while it is not empty, and once more when it is', async () => {
    const queue = (visible: number) => ({ name: 'broadcasts', visible, inFlight: 0, oldestAgeMs: visible });
    const depths = [queue(0), queue(2), queue(1), queue(0), queue(0)];
    const logged: LocalEvent[] = [];
    const stop = reportQueues(
      async () => [depths.shift() ?? queue(0)],
      (event) => logged.push(event),
    );
    await jest.advanceTimersByTimeAsync(5_000);
    expect(logged).toEqual([2, 1, 0].map((visible) => ({ type: 'queue', ...queue(visible) })));
    await stop();
    expect(jest.getTimerCount()).toBe(0);
  });

  it('asks again a second later if the depths are not available, and can be ended', async () => {
    const answers = [
      Promise.reject(new Error('The thread has ended')),
      [{ name: 'broadcasts', visible: 1, inFlight: 0, oldestAgeMs: 0 }],
    ];
    const logged: LocalEvent[] = [];
    const stop = reportQueues(
      async () => (await answers.shift()) ?? [],
      (event) => logged.push(event),
    );
    await jest.advanceTimersByTimeAsync(2_000);
    expect(logged).toEqual([expect.objectContaining({ name: 'broadcasts' })]);
    await expect(stop()).resolves.toBeUndefined();
  });
});
