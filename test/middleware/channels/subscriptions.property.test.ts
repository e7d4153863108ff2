import { expect, it } from '@jest/globals';
import { Caller } from '../../../middleware/channels/caller.ts';
import { subscribe } from '../../../middleware/channels/subscriptions.ts';
import { appendMessages, channels, openServices } from '../../support/a-room.ts';

const channel = 'room:1';

/** Puts steps of the fan-out before the calls of a subscribe: `slots[i]` is the call that step `i` comes before. */
const run = async (slots: readonly number[], after: number) => {
  const services = await openServices({ connectionId: 'c1', user: 'ann' });
  const { channels: table, channelQueue: queue } = services;
  await appendMessages(services, channel, [{}]); // 1001
  const posted: number[] = [];
  let next = 0;
  let seq = 1_001;
  const steps = [
    async () => {
      seq++;
      const entry = { seq, id: `m${seq}`, source: `queue/${seq}`, kind: 'message', data: 1, at: Date.now() } as const;
      await table.append(channel, entry, 9e9);
    },
    async () => {
      const head = await table.createHead(channel, 0);
      await table.moveHead(channel, head, { ...head, seq });
    },
    async () => {
      const { subscriptions } = await table.subscriptionPage(channel);
      if (subscriptions.some(({ connectionId }) => connectionId === 'c1')) posted.push(seq);
    },
  ];
  let calls = 0;
  const advance = async (call: number) => {
    while (next < slots.length && (slots[next] as number) <= call) await steps[next++ % steps.length]?.();
  };
  const interrupted = <T extends object>(service: T): T =>
    new Proxy(service, {
      get: (target, name) => {
        const method = Reflect.get(target, name, target) as (...parameters: unknown[]) => unknown;
        return async (...parameters: unknown[]) => {
          await advance(calls++);
          return method.apply(target, parameters);
        };
      },
    });
  const seen = interrupted(table);
  const call = { channels, table: seen, queue: interrupted(queue), caller: new Caller(seen, 'c1') };
  const { messages = [], seq: end, recovered } = await subscribe({ channel, after }, call);
  await advance(Number.POSITIVE_INFINITY);
  return { received: new Set([...messages.map((frame) => frame.seq), ...posted]), end, recovered, seq, calls };
};

/** All lists of `length` numbers that do not fall, from 0 to `max`. */
const risingLists = (length: number, max: number, min = 0): number[][] =>
  length === 0
    ? [[]]
    : Array.from({ length: max - min + 1 }, (_, index) => min + index).flatMap((first) =>
        risingLists(length - 1, max, first).map((rest) => [first, ...rest]),
      );

it.each([1, 2])('misses no message of %p, however their fan-out and a subscribe interleave', async (count) => {
  const { calls } = await run([], 1_001);
  expect(calls).toBeGreaterThanOrEqual(4);
  const schedules = risingLists(count * 3, calls);
  expect(schedules.length).toBeGreaterThan(30);
  for (const slots of schedules) {
    const { received, end = 0, recovered, seq } = await run(slots, 1_001);
    expect({ slots, recovered }).toEqual({ slots, recovered: true });
    const missed = Array.from({ length: seq - 1_001 }, (_, index) => 1_002 + index).filter((n) => !received.has(n));
    expect({ slots, missed }).toEqual({ slots, missed: [] });
    expect(end).toBeLessThanOrEqual(seq);
  }
});
