import { beforeEach, describe, expect, it } from '@jest/globals';
import { appendRecords } from '../../../fan-out/channels/append-records.ts';
import { bringUpPresence } from '../../../fan-out/channels/presence.ts';
import type { PresenceChange } from '../../../schemas/channels/frames.ts';
import type { FakeChannelTable } from '../../../testing/fake-channel-table.ts';
import { aChannelRecord, aChannelTable, aSubscription, NOW } from './timed-channels.ts';

const CHANNEL = 'room:1';
const userOf = (number: number) => `user${String(number).padStart(3, '0')}`;
const upTo = (count: number) => Array.from({ length: count }, (_, index) => userOf(index + 1));

let table: FakeChannelTable;
let made = 0;
beforeEach(async () => {
  table = await aChannelTable({}, 50);
  made = 0;
});

const subscribe = (user: string, connectionId = `c-${user}`) =>
  table.putSubscription(CHANNEL, aSubscription(connectionId, { user }));
const leave = (user: string, connectionId = `c-${user}`) => table.deleteSubscription(CHANNEL, user, connectionId);

/** Appends looks in one batch. Returns the presence entries. */
const look = async (...users: string[]): Promise<Omit<PresenceChange, 'before'>[]> => {
  const records = users.map((user) => aChannelRecord(++made, { look: user }));
  const appended = await appendRecords({ channel: CHANNEL, records, historySeconds: 60, table, now: () => NOW });
  return appended.map(({ entry }) => {
    const { before: _, ...change } = entry.data as PresenceChange;
    return change;
  });
};
const join = async (...users: string[]) => {
  for (const user of users) await subscribe(user);
  return look(...users);
};
const part = async (...users: string[]) => {
  for (const user of users) await leave(user);
  return look(...users);
};
const here = async () => (await table.users(CHANNEL, 1_000)).users;

describe('the presence of a channel', () => {
  it('tells who came and who went', async () => {
    expect(await join('ann')).toEqual([{ joined: ['ann'], left: [], count: 1 }]);
    expect(await join('bob')).toEqual([{ joined: ['bob'], left: [], count: 2 }]);
    expect(await part('ann')).toEqual([{ joined: [], left: ['ann'], count: 1 }]);
    expect(await here()).toEqual(['bob']);
    expect(await table.presence(CHANNEL)).toMatchObject({ count: 1, large: false });
  });

  it('tells nothing of a second connection of a user', async () => {
    await join('ann');
    await subscribe('ann', 'second');
    expect(await look('ann')).toEqual([]);
    await leave('ann');
    expect(await look('ann')).toEqual([]);
    await leave('ann', 'second');
    expect(await look('ann')).toEqual([{ joined: [], left: ['ann'], count: 0 }]);
  });

  it('tells the name of a user, and keeps the encoded one', async () => {
    expect(await join('ann%40x')).toEqual([{ joined: ['ann@x'], left: [], count: 1 }]);
    expect(await here()).toEqual(['ann%40x']);
  });

  it('counts the changes of one batch, and repeats none', async () => {
    for (const user of ['ann', 'bob']) await subscribe(user);
    expect(await look('ann', 'bob', 'ann')).toEqual([
      { joined: ['ann'], left: [], count: 1 },
      { joined: ['bob'], left: [], count: 2 },
    ]);
  });

  it('applies the entries that a killed function has appended but not applied', async () => {
    table.markUser = () => Promise.reject(new Error('killed'));
    await expect(join('ann')).rejects.toThrow('killed');
    delete (table as { markUser?: unknown }).markUser;
    expect(await here()).toEqual([]);
    expect(await join('bob')).toEqual([{ joined: ['bob'], left: [], count: 2 }]);
    expect(await here()).toEqual(['ann', 'bob']);
  });

  it('reads no message between two changes', async () => {
    await join('ann');
    const messages = Array.from({ length: 20 }, () => aChannelRecord(++made));
    await appendRecords({ channel: CHANNEL, records: messages, historySeconds: 60, table, now: () => NOW });
    const { log } = table;
    const read: number[] = [];
    table.log = async (channel, range) => {
      const entries = await log.call(table, channel, range);
      read.push(...entries.map(({ seq }) => seq));
      return entries;
    };
    await join('bob');
    expect(read).toHaveLength(1);
    expect(await here()).toEqual(['ann', 'bob']);
  });

  it('goes on if the entries to apply have expired', async () => {
    await join('ann');
    table.logs.clear();
    const head = (table.heads.get(CHANNEL)?.presenceSeq ?? 0) + 5;
    expect(await bringUpPresence(CHANNEL, head, table)).toMatchObject({ count: 1 });
  });
});

describe('a channel with more than 100 users', () => {
  it('tells that it is large with the 101st user, then nothing, and that it is small again at 80', async () => {
    for (const user of upTo(100)) expect(await join(user)).toMatchObject([{ joined: [user], left: [] }]);
    const [large] = await join(userOf(101));
    expect(large).toEqual({ joined: [userOf(101)], left: [], count: 101, large: true });
    for (const user of [userOf(102), userOf(103)]) expect(await join(user)).toEqual([]);
    expect(await here()).toEqual(upTo(103));
    expect(await table.presence(CHANNEL)).toMatchObject({ count: 103, large: true });

    for (const user of upTo(22)) expect(await part(user)).toEqual([]);
    expect(await here()).toHaveLength(81);
    expect(await part(userOf(23))).toEqual([{ joined: [], left: [], count: 80, large: false }]);
    expect(await here()).toEqual(upTo(103).slice(23));
    expect(await part(userOf(24))).toEqual([{ joined: [], left: [userOf(24)], count: 79 }]);
    expect(await join(userOf(1))).toEqual([{ joined: [userOf(1)], left: [], count: 80 }]);
  });

  it('knows every user that came in the batch in which it became large', async () => {
    const changes = await join(...upTo(105));
    expect(changes).toHaveLength(101);
    expect(changes.at(-1)).toMatchObject({ joined: [userOf(101)], large: true });
    expect(await here()).toEqual(upTo(105));
    expect(await table.presence(CHANNEL)).toMatchObject({ count: 105, large: true });
    expect(await part(userOf(105))).toEqual([]);
    expect(await here()).toEqual(upTo(104));
  });

  it('tells that it is small again although the function was killed before it could', async () => {
    await join(...upTo(101));
    await part(...upTo(20));
    await leave(userOf(21));
    table.append = () => Promise.reject(new Error('killed'));
    await expect(look(userOf(21))).rejects.toThrow('killed');
    delete (table as { append?: unknown }).append;
    expect(await look(userOf(21))).toEqual([{ joined: [], left: [], count: 80, large: false }]);
  });

  it('tells that it is small again although a number is taken', async () => {
    await join(...upTo(101));
    await part(...upTo(20));
    const { seq = 0 } = (await table.head(CHANNEL)) ?? {};
    const { source, at } = aChannelRecord(9_999);
    await table.append(CHANNEL, { seq: seq + 1, id: 'other', source, kind: 'message', data: 'x', at }, NOW);
    expect(await part(userOf(21))).toEqual([{ joined: [], left: [], count: 80, large: false }]);
  });

  it('knows every user although another function has left the entry with which it became large', async () => {
    await join(...upTo(100));
    const head = await table.head(CHANNEL);
    if (!head) throw new Error('The channel has no head');
    await subscribe(userOf(101));
    await subscribe(userOf(102));
    const data = { joined: [userOf(101)], left: [], count: 101, large: true };
    const { source, at } = aChannelRecord(made + 1);
    await table.append(CHANNEL, { seq: head.seq + 1, id: 'left', source, kind: 'presence', data, at }, NOW);
    made++;
    expect(await look(userOf(102))).toEqual([]);
    expect(await here()).toEqual(upTo(102));
    expect(await table.presence(CHANNEL)).toMatchObject({ count: 102, large: true });
  });

  it('becomes small although functions were killed while users left', async () => {
    await join(...upTo(101));
    for (const user of upTo(20)) {
      await leave(user);
      for (const name of ['setPresence', 'markUser'] as const) {
        const method = table[name].bind(table) as (...parameters: unknown[]) => Promise<never>;
        table[name] = (async (...parameters: unknown[]) => {
          await method(...parameters);
          throw new Error('killed');
        }) as never;
        await expect(look(user)).rejects.toThrow('killed');
        delete (table as { setPresence?: unknown; markUser?: unknown })[name];
      }
      await look(user);
    }
    expect(await here()).toHaveLength(81);
    expect(await part(userOf(21))).toEqual([{ joined: [], left: [], count: 80, large: false }]);
  });
});
