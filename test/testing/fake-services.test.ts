import { describe, expect, it } from '@jest/globals';
import { fakeServices } from '../../testing/index.ts';

const CALLS = {
  table: ({ connections }: ReturnType<typeof fakeServices>) => connections.delete('c1'),
  queue: ({ queue }: ReturnType<typeof fakeServices>) => queue.send({ v: 1, data: 'hello' }),
  manager: ({ manager }: ReturnType<typeof fakeServices>) => manager.inspect('c1'),
  channels: ({ channels }: ReturnType<typeof fakeServices>) => channels.head('room:1'),
  channelQueue: ({ channelQueue }: ReturnType<typeof fakeServices>) =>
    channelQueue.send({ v: 1, channel: 'room:1', data: 'hello' }),
};

describe('fakeServices', () => {
  it.each(Object.keys(CALLS) as (keyof typeof CALLS)[])('fails only the calls of the %s that is down', async (name) => {
    const services = fakeServices({ down: [name] });
    for (const [other, call] of Object.entries(CALLS)) {
      if (other === name) await expect(call(services)).rejects.toThrow('is down (set by the test)');
      else await call(services);
    }
    expect(await services.poster.post('c1', 'hello')).toEqual({ outcome: 'delivered' });
  });

  it('fails every post if the poster is down, except to a connection with another outcome', async () => {
    const { poster } = fakeServices({ down: ['poster'], gone: ['c2'] });
    expect(await poster.post('c1', 'hello')).toMatchObject({ outcome: 'failed' });
    expect(await poster.post('c2', 'hello')).toMatchObject({ outcome: 'gone' });
  });

  it.each([
    [{ tableDown: true }, "fakeServices: Unknown option 'tableDown'. Its options: rows, gone, throttled, outcomes,"],
    [{ down: ['tables'] }, "fakeServices: Option 'down[0]' must be one of"],
    [{ gone: 'c1' }, "fakeServices: Option 'gone' must be array"],
  ])('refuses %j', (options, message) => {
    expect(() => fakeServices(options as never)).toThrow(message);
  });
});
