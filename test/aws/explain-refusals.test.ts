import { describe, expect, it } from '@jest/globals';
import { explainRefusals } from '../../aws/explain-refusals.ts';
import type { Services } from '../../aws/services.ts';
import { fakeServices } from '../../testing/index.ts';
import { aConnectionRow } from '../support/a-connection-row.ts';

const denied = Object.assign(new Error('User: arn:aws:… is not authorized to perform: …'), {
  name: 'AccessDeniedException',
});

/** Services that fail with this, whatever is asked of them. */
const failing = (error: Error): Services => {
  const fail = async (): Promise<never> => {
    throw error;
  };
  return {
    ...fakeServices(),
    connections: { put: fail, delete: fail, deleteMany: fail, scanPage: fail },
    queue: { send: fail, deadLetter: fail },
    manager: { inspect: fail, disconnect: fail },
    channels: new Proxy(fakeServices().channels, { get: () => fail }),
    channelQueue: { send: fail, deadLetter: fail },
  };
};

const TO_PUBLISH = 'sqs:SendMessage on the channel queue';
const TO_SUBSCRIBE =
  'dynamodb:GetItem, PutItem, UpdateItem and DeleteItem on the channel table, and sqs:SendMessage on both queues';
const TO_READ = 'dynamodb:GetItem and Query on the channel table';

const CALLS: [ability: string, call: (services: Services) => Promise<unknown> | undefined, permission: string][] = [
  ['broadcast', ({ queue }) => queue.send({ v: 1, data: 'x' }), 'sqs:SendMessage on the broadcast queue'],
  ['keep', ({ connections }) => connections.put(aConnectionRow()), 'dynamodb:PutItem on the connection table'],
  ['inspect', ({ manager }) => manager.inspect('c1'), 'execute-api:ManageConnections on GET/@connections/*'],
  ['disconnect', ({ manager }) => manager.disconnect('c1'), 'execute-api:ManageConnections on DELETE/@connections/*'],
  ['publish', ({ channelQueue }) => channelQueue?.send({ v: 1, channel: 'news', data: 1 }), TO_PUBLISH],
  ['subscribe', ({ channelQueue }) => channelQueue?.send({ v: 1, channel: 'news', look: 'ann' }), TO_SUBSCRIBE],
  ['subscribe', ({ channels }) => channels?.addChannel('c1', 'news'), TO_SUBSCRIBE],
  ['subscribe', ({ channels }) => channels?.removeChannel('c1', 'news'), TO_SUBSCRIBE],
  ['subscribe', ({ queue }) => queue.send({ v: 2, ended: ['c1'], channel: 'news' }), TO_SUBSCRIBE],
  ['members', ({ channels }) => channels?.users('news', 1), TO_READ],
  ['members', ({ channels }) => channels?.presence('news'), TO_READ],
];

describe('explainRefusals', () => {
  it.each(CALLS)('names the route that lacks the ability to %s, and what to add', async (ability, call, permission) => {
    const error = await call(explainRefusals(failing(denied), 'wave'))?.catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      message: `The route "wave" may not ${ability}: add can: ['${ability}'] to addRoute('wave'). Its role needs ${permission}`,
      cause: denied,
    });
  });

  it.each(CALLS)('says where $default gets the ability to %s', async (ability, call) => {
    await expect(call(explainRefusals(failing(denied), '$default'))).rejects.toThrow(
      `The route "$default" may not ${ability}: add default: { can: ['${ability}'] } to the options of FanOutApi.`,
    );
  });

  it.each(CALLS)('leaves every other error of %s as it is', async (_, call) => {
    const broken = new Error('socket hang up');
    await expect(call(explainRefusals(failing(broken), 'wave'))).rejects.toBe(broken);
  });

  it('passes on what is asked and answered', async () => {
    const row = aConnectionRow({ connectionId: 'c1' });
    const connections = { c1: { ConnectedAt: 'now', Identity: { SourceIp: '::1' }, LastActiveAt: 'now' } };
    const fakes = fakeServices({ connections });
    const services = explainRefusals(fakes, 'wave');
    await services.connections.put(row);
    expect(await services.connections.scanPage()).toEqual({ rows: [row], cursor: undefined });
    expect(await services.connections.deleteMany(['c1'])).toEqual([]);
    await services.connections.delete('c2');
    await services.queue.send({ v: 1, data: 'x' }, { delaySeconds: 3 });
    await services.queue.deadLetter({ v: 1, reason: 'unreadable', diedAt: 0, record: '' });
    expect(await services.manager.inspect('c1')).toBe(connections.c1);
    await services.manager.disconnect('c1');
    expect(fakes.connections.deleted).toEqual(['c1', 'c2']);
    expect(fakes.queue.delaysSeconds).toEqual([3]);
    expect(fakes.queue.deadLetters).toHaveLength(1);
    expect(fakes.manager.disconnected).toEqual(['c1']);
    expect(services.poster).toBe(fakes.poster);
    expect(await services.channels?.addChannel('c1', 'news')).toBe('ended');
    expect(await services.channels?.createHead('news', 5)).toEqual(await fakes.channels.head('news'));
    await services.channelQueue?.send({ v: 1, channel: 'news', data: 1 }, 'id');
    expect(fakes.channelQueue.deduplicationIds).toEqual(['id']);
    await services.channelQueue?.deadLetter({ v: 1, reason: 'unreadable', diedAt: 0, record: '' }, 'news');
    expect(fakes.channelQueue.deadLetterGroups).toEqual(['news']);
  });

  it('adds no channels to an application without them', () => {
    const { channels: _, channelQueue: __, ...fakes } = fakeServices();
    expect(Object.keys(explainRefusals(fakes, 'wave')).sort()).toEqual(Object.keys(fakes).sort());
  });
});
