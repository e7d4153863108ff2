import { decodeUser } from '../../schemas/channels/channel-name.ts';
import { createChannelRecord } from '../../schemas/channels/create-channel-record.ts';
import { ClientError } from '../../schemas/errors.ts';
import { askAll, type ChannelCall, findKnown } from './channel-call.ts';
import { hasSubscription } from './subscriptions.ts';

interface PublishFrame {
  channel: string;
  data?: unknown;
  key?: string | undefined;
}

/**
 * Queues a client's message. The definition says which clients may publish, then `authorize` is asked.
 * @throws {ClientError} `CHANNEL_UNKNOWN`, `FORBIDDEN`, `NOT_SUBSCRIBED`, `MESSAGE_INVALID`, `MESSAGE_TOO_LARGE`: the
 * message is not queued.
 */
export const publish = async (
  { channel, data, key }: PublishFrame,
  call: ChannelCall,
): Promise<{ channel: string; id: string }> => {
  const known = findKnown(call.channels, channel);
  const { publish: policy = 'nobody' } = known.rule;
  if (policy === 'nobody') throw new ClientError('FORBIDDEN', { channel });
  if (policy === 'subscribers' && !(await hasSubscription(channel, call)))
    throw new ClientError('NOT_SUBSCRIBED', { channel });
  await askAll(call, channel, known, ['publish']);
  const publisher = decodeUser((await call.caller.connection()).user);
  const record = await createChannelRecord(call.channels, channel, data, {
    publisher,
    ...(key !== undefined && { key }),
  });
  await call.queue.send(record, record.id);
  return { channel, id: record.id };
};
