import type { ChannelConnection } from '../../aws/channels/channel-table.ts';
import { encodeUser } from '../../schemas/channels/channel-name.ts';
import { defineChannels } from '../../schemas/channels/define-channels.ts';
import { compileValidator } from '../../schemas/validation/compile-validator.ts';
import { type FakeServices, fakeServices } from '../../testing/index.ts';

const text = compileValidator({
  type: 'object',
  additionalProperties: false,
  required: ['text'],
  properties: { text: { type: 'string', minLength: 1, maxLength: 130_000 } },
});
const anything = compileValidator({});

/** The channels of a test: a room with all options, and channels for single rules. */
export const channels = defineChannels({
  'room:{room}': { message: text, history: { seconds: 3_600 }, presence: true, publish: 'subscribers' },
  news: { message: text, history: { seconds: 60 } },
  'typing:{room}': { message: anything, publish: 'anyone', ephemeral: true },
  'user:{user}': { message: text, history: { seconds: 60 } },
});

const nowSeconds = (): number => Math.floor(Date.now() / 1_000);

/** A connection that was opened a moment ago. `user` is not encoded. */
export const aChannelConnection = (overrides: Partial<ChannelConnection> = {}): ChannelConnection => ({
  connectionId: 'c1',
  connectedAt: nowSeconds(),
  ttl: nowSeconds() + 7_500,
  ...overrides,
  user: encodeUser(overrides.user ?? ''),
});

/** Fakes in which these connections are open, as `$connect` leaves them. */
export const openServices = async (...connections: Partial<ChannelConnection>[]): Promise<FakeServices> => {
  const services = fakeServices();
  for (const one of connections.map(aChannelConnection)) {
    await services.channels.openConnection(one);
    if (one.user !== '') await services.channels.putSubscription(`user:${one.user}`, one);
  }
  return services;
};

/** Appends messages to the log of a channel, as the fan-out does. @returns their numbers. */
export const appendMessages = async (
  { channels: table }: Pick<FakeServices, 'channels'>,
  channel: string,
  messages: readonly { data?: unknown; at?: number; kind?: 'message' | 'presence' }[],
): Promise<number[]> => {
  const numbers: number[] = [];
  for (const { data = { text: 'hi' }, at = Date.now(), kind = 'message' } of messages) {
    const head = await table.createHead(channel, 1_000);
    const seq = head.seq + 1;
    const source = `queue/${seq}`;
    const content = kind === 'message' ? data : { joined: ['ann'], left: [], count: 1 };
    await table.append(channel, { seq, id: `m${seq}`, source, kind, data: content, at }, nowSeconds() + 90_000);
    await table.moveHead(channel, head, { ...head, seq, source });
    numbers.push(seq);
  }
  return numbers;
};
