import { describe, expect, it } from '@jest/globals';
import { endAll, endConnections } from '../../../fan-out/channels/end-connections.ts';
import type { FanOutProblem } from '../../../fan-out/records/fan-out-problem.ts';
import { FakeChannelQueue, type FakeChannelTable } from '../../../testing/fake-channel-table.ts';
import { VirtualTime } from '../simulation/virtual-time.ts';
import { aChannelTable, aSubscription, NOW, RULES } from './timed-channels.ts';

const ANN = aSubscription('c1', { user: 'ann' });
const channels = () => aChannelTable({ 'room:1': [ANN, aSubscription('c2')], 'news:x': [ANN] });
const toolsOf = (table: FakeChannelTable, channelQueue = new FakeChannelQueue()) => ({
  ...{ channels: table, channelQueue, rules: RULES },
});
const subscribersOf = (table: FakeChannelTable, channel: string) => [
  ...(table.subscriptions.get(channel)?.keys() ?? []),
];

describe('endConnections', () => {
  it('removes all subscriptions of a connection, then the connection, and lets its presence be looked at', async () => {
    const table = await channels();
    const tools = toolsOf(table);
    await endConnections({ v: 2, ended: ['c1'] }, tools);
    expect(subscribersOf(table, 'room:1')).toEqual(['#c2']);
    expect(subscribersOf(table, 'news:x')).toEqual([]);
    expect([...table.connections.keys()]).toEqual(['c2']);
    expect(tools.channelQueue.sent).toEqual([{ v: 1, channel: 'room:1', look: 'ann' }]);
  });

  it('looks at nobody if the connection has no user', async () => {
    const table = await channels();
    const tools = toolsOf(table);
    await endConnections({ v: 2, ended: ['c2'] }, tools);
    expect(subscribersOf(table, 'room:1')).toEqual(['ann#c1']);
    expect(tools.channelQueue.sent).toEqual([]);
  });

  it('lets the connection subscribe to nothing any more, even if it stops in the middle', async () => {
    const table = await channels();
    table.deleteSubscription = () => Promise.reject(new Error('throttled'));
    await expect(endConnections({ v: 2, ended: ['c1'] }, toolsOf(table))).rejects.toThrow('throttled');
    expect(await table.addChannel('c1', 'room:9')).toBe('ended');
    delete (table as { deleteSubscription?: unknown }).deleteSubscription;
    await endConnections({ v: 2, ended: ['c1'] }, toolsOf(table));
    expect([...table.connections.keys()]).toEqual(['c2']);
    expect(subscribersOf(table, 'news:x')).toEqual([]);
  });

  it('keeps the connection if the queue refuses the look, so that a repeat sends it', async () => {
    const table = await channels();
    const channelQueue = new FakeChannelQueue();
    channelQueue.down = true;
    await expect(endConnections({ v: 2, ended: ['c1'] }, toolsOf(table, channelQueue))).rejects.toThrow('down');
    expect(table.connections.has('c1')).toBe(true);
    channelQueue.down = false;
    await endConnections({ v: 2, ended: ['c1'] }, toolsOf(table, channelQueue));
    expect(channelQueue.sent).toEqual([{ v: 1, channel: 'room:1', look: 'ann' }]);
  });

  it('does nothing for a connection that is not there', async () => {
    const table = await channels();
    const tools = toolsOf(table);
    await endConnections({ v: 2, ended: ['nobody'] }, tools);
    await endConnections({ v: 2, ended: ['nobody'], channel: 'room:1' }, tools);
    expect(subscribersOf(table, 'room:1')).toHaveLength(2);
    expect(tools.channelQueue.sent).toEqual([]);
  });

  it('removes one subscription of a connection that the server has unsubscribed, and keeps the others', async () => {
    const table = await channels();
    const tools = toolsOf(table);
    await endConnections({ v: 2, ended: ['c1'], channel: 'room:1' }, tools);
    expect(subscribersOf(table, 'room:1')).toEqual(['#c2']);
    expect(subscribersOf(table, 'news:x')).toEqual(['ann#c1']);
    expect(table.connections.get('c1')?.channels).toEqual(new Set(['user:ann', 'news:x']));
    expect(tools.channelQueue.sent).toEqual([{ v: 1, channel: 'room:1', look: 'ann' }]);
  });
});

describe('endAll', () => {
  const run = async (table: FakeChannelTable) => {
    const time = new VirtualTime(NOW, 1);
    const problems: FanOutProblem[] = [];
    const received = ['c1', 'c2'].map((id) => ({ messageId: `m-${id}`, record: { v: 2 as const, ended: [id] } }));
    const options = {
      until: NOW + 9_000,
      timekeeper: time,
      onProblem: (problem: FanOutProblem) => problems.push(problem),
    };
    const running = endAll(received, toolsOf(table), options);
    await time.run();
    return { failed: await running, problems, tookMs: time.now() - NOW };
  };

  it('finishes every record', async () => {
    const table = await channels();
    expect(await run(table)).toMatchObject({ failed: [], problems: [] });
    expect(table.connections.size).toBe(0);
  });

  it('names the message whose record failed, and finishes the others', async () => {
    const table = await channels();
    const endConnection = table.endConnection.bind(table);
    table.endConnection = async (id) => {
      if (id === 'c1') throw new Error('throttled');
      return endConnection(id);
    };
    const { failed, problems } = await run(table);
    expect(failed).toEqual(['m-c1']);
    expect(problems).toMatchObject([{ kind: 'channel', error: { message: 'throttled' } }]);
    expect([...table.connections.keys()]).toEqual(['c1']);
  });

  it('waits for a call that never ends only until its time is over', async () => {
    const table = await channels();
    const endConnection = table.endConnection.bind(table);
    table.endConnection = (id) => (id === 'c1' ? new Promise(() => {}) : endConnection(id));
    expect(await run(table)).toMatchObject({ failed: ['m-c1'], tookMs: 9_000 });
    expect([...table.connections.keys()]).toEqual(['c1']);
  });
});
