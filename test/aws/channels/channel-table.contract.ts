import { beforeEach, describe, expect, it } from '@jest/globals';
import type { ChannelConnection, ChannelTable, Head, Subscription } from '../../../aws/channels/channel-table.ts';
import type { LogEntry } from '../../../schemas/channels/frames.ts';

export interface ChannelTableUnderTest {
  /** An empty table. */
  start(): Promise<ChannelTable>;
  /** A table that cannot be reached. */
  startDown(): Promise<ChannelTable>;
}

/** Epoch seconds that do not pass during a test. */
const LATER = 4_000_000_000;
/** Past, however soon a test reads it. */
const PAST = 1_000;

const aConnection = (overrides: Partial<ChannelConnection> = {}): ChannelConnection => ({
  connectionId: 'c1',
  user: 'ann',
  connectedAt: 1_795_219_006,
  ttl: LATER,
  ...overrides,
});

const anEntry = (overrides: Partial<LogEntry> = {}): LogEntry => ({
  seq: 1,
  id: 'm1',
  source: 'queue/1',
  kind: 'message',
  data: { text: 'hello' },
  at: 1_795_219_006_123,
  ...overrides,
});

const FIRST_HEAD: Head = { seq: 1_795_219_006_123_000, source: '', presenceSeq: 0 };

/** The promises of every channel table. */
export const channelTableContract = (name: string, { start, startDown }: ChannelTableUnderTest): void => {
  describe(`${name} as a channel table`, () => {
    let table: ChannelTable;

    beforeEach(async () => {
      table = await start();
    });

    const addNumbered = (count: number, prefix = 'room:') =>
      Promise.all(Array.from({ length: count }, (_, index) => table.addChannel('c1', `${prefix}${index}`)));

    describe('connections', () => {
      it.each<[string, Partial<ChannelConnection>]>([
        ['with a user', {}],
        ['without a user', { user: '' }],
        ['that speaks fanout.v1', { protocol: true }],
      ])('returns a connection %s as it was opened', async (_, overrides) => {
        const connection = aConnection(overrides);
        await table.openConnection(connection);
        expect(await table.connection('c1')).toEqual(connection);
        expect(await table.addChannel('c1', 'room:1')).toEqual(connection);
      });

      it('has no connection that was never opened, and creates none by other calls', async () => {
        expect(await table.connection('c1')).toBeUndefined();
        expect(await table.addChannel('c1', 'room:1')).toBe('ended');
        await table.removeChannel('c1', 'room:1');
        expect(await table.endConnection('c1')).toBeUndefined();
        await table.deleteConnection('c1');
        expect(await table.endConnection('c1')).toBeUndefined();
      });

      it('has the channel of the user in the set from the start', async () => {
        await table.openConnection(aConnection());
        expect(await table.endConnection('c1')).toEqual({ user: 'ann', channels: ['user:ann'] });
      });

      it('has an empty set for a connection without a user', async () => {
        await table.openConnection(aConnection({ user: '' }));
        expect(await table.endConnection('c1')).toEqual({ user: '', channels: [] });
      });

      it('returns the channels that were added and not removed', async () => {
        await table.openConnection(aConnection());
        for (const channel of ['room:1', 'room:2', 'room:1']) await table.addChannel('c1', channel);
        await table.removeChannel('c1', 'room:2');
        await table.removeChannel('c1', 'room:3');
        expect(channelsOf(await table.endConnection('c1'))).toEqual(['room:1', 'user:ann']);
      });

      it('adds a channel after the last one was removed', async () => {
        await table.openConnection(aConnection({ user: '' }));
        await table.addChannel('c1', 'room:1');
        await table.removeChannel('c1', 'room:1');
        expect(await table.addChannel('c1', 'room:2')).toEqual(aConnection({ user: '' }));
        expect(channelsOf(await table.endConnection('c1'))).toEqual(['room:2']);
      });

      it.each([
        ['beside the channel of the user', 'ann', 51],
        ['without a user', '', 50],
      ])('takes exactly 50 channels %s, of 60 that are added at the same time', async (_, user, size) => {
        await table.openConnection(aConnection({ user }));
        const added = await addNumbered(60);
        expect(added.filter((result) => result === 'full')).toHaveLength(10);
        expect(added.filter((result) => result === 'ended')).toHaveLength(0);
        const kept = added.flatMap((result, index) => (result === 'full' ? [] : [`room:${index}`]));
        const own = user === '' ? [] : ['user:ann'];
        const channels = channelsOf(await table.endConnection('c1'));
        expect(channels).toEqual([...kept, ...own].sort());
        expect(channels).toHaveLength(size);
      });

      it('accepts a channel of a full set again, and a new one after another was removed', async () => {
        await table.openConnection(aConnection());
        await addNumbered(50);
        expect(await table.addChannel('c1', 'room:7')).toEqual(aConnection());
        expect(await table.addChannel('c1', 'room:50')).toBe('full');
        await table.removeChannel('c1', 'room:7');
        expect(await table.addChannel('c1', 'room:50')).toEqual(aConnection());
      });

      it('adds no channel after the end, even one of the set, and keeps the set for a repeated end', async () => {
        await table.openConnection(aConnection());
        await table.addChannel('c1', 'room:1');
        const ended = await table.endConnection('c1');
        expect(await table.addChannel('c1', 'room:2')).toBe('ended');
        expect(await table.addChannel('c1', 'room:1')).toBe('ended');
        expect(await table.connection('c1')).toBeUndefined();
        expect(channelsOf(await table.endConnection('c1'))).toEqual(channelsOf(ended));
      });

      it('returns at the end every channel whose add succeeded, if adds and the end race', async () => {
        await table.openConnection(aConnection({ user: '' }));
        const adds = addNumbered(20);
        const end = table.endConnection('c1');
        const added = (await adds).flatMap((result, index) => (result === 'ended' ? [] : [`room:${index}`]));
        const channels = channelsOf(await end);
        expect(channels).toEqual([...added].sort());
      });

      it('is full, not ended, if the end has not come', async () => {
        await table.openConnection(aConnection());
        await addNumbered(50);
        expect(await table.addChannel('c1', 'room:50')).toBe('full');
        await table.endConnection('c1');
        expect(await table.addChannel('c1', 'room:50')).toBe('ended');
      });

      it('keeps the set and the end if the opening is repeated', async () => {
        await table.openConnection(aConnection());
        await table.addChannel('c1', 'room:1');
        await table.openConnection(aConnection());
        expect(channelsOf(await table.endConnection('c1'))).toEqual(['room:1', 'user:ann']);
        await table.openConnection(aConnection());
        expect(await table.connection('c1')).toBeUndefined();
      });

      it('takes a connection past its ttl for ended, but returns its channels at the end', async () => {
        await table.openConnection(aConnection({ ttl: PAST }));
        expect(await table.connection('c1')).toBeUndefined();
        expect(await table.addChannel('c1', 'room:1')).toBe('ended');
        expect(await table.endConnection('c1')).toEqual({ user: 'ann', channels: ['user:ann'] });
      });

      it('forgets a connection that was deleted, and no other', async () => {
        await table.openConnection(aConnection());
        await table.openConnection(aConnection({ connectionId: 'c2' }));
        await table.deleteConnection('c1');
        expect(await table.endConnection('c1')).toBeUndefined();
        expect(await table.connection('c2')).toEqual(aConnection({ connectionId: 'c2' }));
      });
    });

    describe('subscriptions', () => {
      it('returns the subscriptions of a channel as they were put, and none of another', async () => {
        const subscriptions = [
          aConnection({ connectionId: 'c1', user: '' }),
          aConnection({ connectionId: 'c3#=', user: 'ann', protocol: true }),
          aConnection({ connectionId: 'c2', user: 'bob%40x', connectedAt: 7 }),
        ];
        await Promise.all(subscriptions.map((subscription) => table.putSubscription('room:1', subscription)));
        await table.putSubscription('room:10', aConnection({ connectionId: 'other' }));
        expect(await table.subscriptionPage('room:1')).toEqual({ subscriptions, cursor: undefined });
        expect(await table.subscriptionPage('room:2')).toEqual({ subscriptions: [], cursor: undefined });
      });

      it('has a subscription that was put again once', async () => {
        await table.putSubscription('room:1', aConnection());
        await table.putSubscription('room:1', aConnection({ connectedAt: 7 }));
        expect(await idsIn(table, 'room:1')).toEqual(['c1']);
      });

      it('deletes one subscription, and resolves if it is missing', async () => {
        await table.putSubscription('room:1', aConnection());
        await table.putSubscription('room:1', aConnection({ connectionId: 'c2' }));
        await table.putSubscription('room:2', aConnection());
        for (let time = 0; time < 2; time++) await table.deleteSubscription('room:1', 'ann', 'c1');
        expect(await table.hasSubscription('room:1', 'ann', 'c1')).toBe(false);
        expect(await table.hasSubscription('room:1', 'ann', 'c2')).toBe(true);
        expect(await table.hasSubscription('room:2', 'ann', 'c1')).toBe(true);
      });

      it('finds a user by any connection, and not one whose name only begins alike', async () => {
        await table.putSubscription('room:1', aConnection({ user: 'anna' }));
        await table.putSubscription('room:1', aConnection({ user: '' }));
        expect(await table.hasUser('room:1', 'ann')).toBe(false);
        await table.putSubscription('room:1', aConnection({ connectionId: 'c2' }));
        expect(await table.hasUser('room:1', 'ann')).toBe(true);
        expect(await table.hasUser('room:2', 'ann')).toBe(false);
        await table.deleteSubscription('room:1', 'ann', 'c2');
        expect(await table.hasUser('room:1', 'ann')).toBe(false);
      });

      it('takes a subscription past its ttl for absent', async () => {
        await table.putSubscription('room:1', aConnection({ ttl: PAST }));
        expect(await table.hasSubscription('room:1', 'ann', 'c1')).toBe(false);
        expect(await table.hasUser('room:1', 'ann')).toBe(false);
        expect(await idsIn(table, 'room:1')).toEqual([]);
        await table.putSubscription('room:1', aConnection({ connectionId: 'c2' }));
        expect(await table.hasUser('room:1', 'ann')).toBe(true);
        expect(await idsIn(table, 'room:1')).toEqual(['c2']);
      });

      it('returns each subscription once over all pages', async () => {
        const ids = Array.from({ length: 2_100 }, (_, index) => `c${index}`);
        await inGroups(ids, (connectionId) => table.putSubscription('room:1', aConnection({ connectionId })));
        const first = await table.subscriptionPage('room:1');
        expect(first.cursor).toEqual(expect.any(String));
        expect(await idsIn(table, 'room:1')).toEqual([...ids].sort());
      });

      it('continues after a cursor whose subscription is gone', async () => {
        for (const connectionId of ['a', 'b', 'c'])
          await table.putSubscription('room:1', aConnection({ connectionId }));
        await table.deleteSubscription('room:1', 'ann', 'b');
        const { subscriptions } = await table.subscriptionPage('room:1', 'ann#b');
        expect(subscriptions.map(({ connectionId }) => connectionId)).toEqual(['c']);
      });
    });

    describe('the head', () => {
      it('is absent until it is created', async () => {
        expect(await table.head('room:1')).toBeUndefined();
        expect(await table.createHead('room:1', FIRST_HEAD.seq)).toEqual(FIRST_HEAD);
        expect(await table.head('room:1')).toEqual(FIRST_HEAD);
        expect(await table.head('room:2')).toBeUndefined();
      });

      it('is the same for all that create it at the same time', async () => {
        const seqs = [1, 2, 3, 4].map((step) => FIRST_HEAD.seq + step);
        const created = await Promise.all(seqs.map((seq) => table.createHead('room:1', seq)));
        const head = await table.head('room:1');
        expect(seqs).toContain(head?.seq);
        expect(created).toEqual(created.map(() => head));
      });

      it('is not created again after it moved', async () => {
        await table.createHead('room:1', FIRST_HEAD.seq);
        const to = { seq: FIRST_HEAD.seq + 3, source: 'queue/18849496460467696128', presenceSeq: FIRST_HEAD.seq + 2 };
        expect(await table.moveHead('room:1', FIRST_HEAD, to)).toBe(true);
        expect(await table.createHead('room:1', FIRST_HEAD.seq + 100)).toEqual(to);
        expect(await table.head('room:1')).toEqual(to);
      });

      it('moves once if several move it from the same state', async () => {
        await table.createHead('room:1', FIRST_HEAD.seq);
        const tos = [1, 2, 3, 4].map((step) => ({
          ...FIRST_HEAD,
          seq: FIRST_HEAD.seq + step,
          source: `queue/${step}`,
        }));
        const moved = await Promise.all(tos.map((to) => table.moveHead('room:1', FIRST_HEAD, to)));
        expect(moved.filter(Boolean)).toHaveLength(1);
        expect(await table.head('room:1')).toEqual(tos[moved.indexOf(true)]);
      });

      it.each<[keyof Head, Partial<Head>]>([
        ['seq', { seq: FIRST_HEAD.seq - 1 }],
        ['source', { source: 'queue/1' }],
        ['presenceSeq', { presenceSeq: 1 }],
      ])('does not move from a state whose %s is another', async (_, overrides) => {
        await table.createHead('room:1', FIRST_HEAD.seq);
        const from = { ...FIRST_HEAD, ...overrides };
        expect(await table.moveHead('room:1', from, { ...from, seq: FIRST_HEAD.seq + 1 })).toBe(false);
        expect(await table.head('room:1')).toEqual(FIRST_HEAD);
      });

      it('does not move if it is missing', async () => {
        expect(await table.moveHead('room:1', FIRST_HEAD, { ...FIRST_HEAD, seq: FIRST_HEAD.seq + 1 })).toBe(false);
        expect(await table.head('room:1')).toBeUndefined();
      });
    });

    describe('the log', () => {
      const appendNumbered = (seqs: readonly number[]) =>
        Promise.all(
          seqs.map((seq) => table.append('room:1', anEntry({ seq, id: `m${seq}`, source: `queue/${seq}` }), LATER)),
        );
      const seqsOf = async (...[range]: [Parameters<ChannelTable['log']>[1]]) =>
        (await table.log('room:1', range)).map(({ seq }) => seq);
      const ALL = { after: 0, upTo: Number.MAX_SAFE_INTEGER, limit: 100 };

      it.each(['plain text', '', { nested: [1, null, { a: '\u0000 \ufffe 😀 \ud800' }] }, null, false, 0, []])(
        'keeps an entry with the data %j',
        async (data) => {
          const entry = anEntry({ seq: FIRST_HEAD.seq, data });
          expect(await table.append('room:1', entry, LATER)).toBe(true);
          expect(await table.log('room:1', ALL)).toEqual([entry]);
          expect(await table.log('room:2', ALL)).toEqual([]);
        },
      );

      it('keeps the entry of a presence', async () => {
        const entry = anEntry({ kind: 'presence', data: { joined: ['ann'], left: [], count: 1 } });
        await table.append('room:1', entry, LATER);
        expect(await table.log('room:1', ALL)).toEqual([entry]);
      });

      it('keeps the entry that came first if its number is taken by another source', async () => {
        const first = anEntry({ source: 'queue/1' });
        expect(await table.append('room:1', first, LATER)).toBe(true);
        expect(await table.append('room:1', anEntry({ source: 'queue/2', id: 'm2' }), LATER)).toBe(false);
        expect(await table.log('room:1', ALL)).toEqual([first]);
      });

      it('gives a number to one source of several that append it at the same time', async () => {
        const entries = [1, 2, 3, 4].map((n) => anEntry({ source: `queue/${n}`, id: `m${n}` }));
        const appended = await Promise.all(entries.map((entry) => table.append('room:1', entry, LATER)));
        expect(appended.filter(Boolean)).toHaveLength(1);
        expect(await table.log('room:1', ALL)).toEqual([entries[appended.indexOf(true)]]);
      });

      it('accepts the entry of the same source again', async () => {
        for (let time = 0; time < 2; time++) expect(await table.append('room:1', anEntry(), LATER)).toBe(true);
        expect(await table.log('room:1', ALL)).toEqual([anEntry()]);
      });

      it('gives a number to another source if its entry is past its ttl', async () => {
        await table.append('room:1', anEntry({ source: 'queue/1' }), PAST);
        expect(await table.log('room:1', ALL)).toEqual([]);
        const second = anEntry({ source: 'queue/2' });
        expect(await table.append('room:1', second, LATER)).toBe(true);
        expect(await table.log('room:1', ALL)).toEqual([second]);
      });

      it('returns the entries of a range in the order of their numbers, not of their digits', async () => {
        await appendNumbered([10, 9, 100, 11, FIRST_HEAD.seq, Number.MAX_SAFE_INTEGER]);
        expect(await seqsOf(ALL)).toEqual([9, 10, 11, 100, FIRST_HEAD.seq, Number.MAX_SAFE_INTEGER]);
        expect(await seqsOf({ after: 9, upTo: 100, limit: 100 })).toEqual([10, 11, 100]);
        expect(await seqsOf({ after: 10, upTo: 99, limit: 100 })).toEqual([11]);
        expect(await seqsOf({ after: 0, upTo: 100, limit: 2 })).toEqual([9, 10]);
      });

      it('returns the newest entries first', async () => {
        await appendNumbered([9, 10, 11, 100]);
        expect(await seqsOf({ after: 0, upTo: 11, limit: 2, newestFirst: true })).toEqual([11, 10]);
      });

      it.each([
        { after: 11, upTo: 11, limit: 5 },
        { after: 12, upTo: 11, limit: 5 },
        { after: 0, upTo: 11, limit: 0 },
        { after: Number.MAX_SAFE_INTEGER, upTo: Number.MAX_SAFE_INTEGER, limit: 5 },
      ])('returns no entry of the empty range %j', async (range) => {
        await appendNumbered([11, 12]);
        expect(await seqsOf(range)).toEqual([]);
      });

      it('returns an entry even if more than a page before it is past its ttl', async () => {
        const old = Array.from({ length: 12 }, (_, index) => anEntry({ seq: index + 1 }));
        await Promise.all(old.map((entry) => table.append('room:1', entry, PAST)));
        await table.append('room:1', anEntry({ seq: 13 }), LATER);
        expect(await seqsOf({ after: 0, upTo: 20, limit: 5 })).toEqual([13]);
        expect(await seqsOf({ after: 0, upTo: 12, limit: 5 })).toEqual([]);
      });

      it('returns every entry of a log larger than 1 MB to a reader that asks on', async () => {
        const seqs = Array.from({ length: 15 }, (_, index) => index + 1);
        const data = 'x'.repeat(100_000);
        await Promise.all(seqs.map((seq) => table.append('room:1', anEntry({ seq, data }), LATER)));
        const read: number[] = [];
        for (let page = await seqsOf(ALL); page.length > 0; page = await seqsOf({ ...ALL, after: read.at(-1) ?? 0 }))
          read.push(...page);
        expect(read).toEqual(seqs);
      });
    });

    describe('presence', () => {
      const countOf = async () => (await table.presence('room:1')).count;

      it('is zero before the first user', async () => {
        expect(await table.presence('room:1')).toEqual({ seq: 0, count: 0, large: false });
        expect(await table.isHere('room:1', 'ann')).toBe(false);
        expect(await table.users('room:1', 10)).toEqual({ users: [], cursor: undefined });
      });

      it('returns the totals of this channel as they were set', async () => {
        await table.setPresence('room:1', { seq: 5, count: 101, large: true });
        expect(await table.presence('room:1')).toEqual({ seq: 5, count: 101, large: true });
        expect(await table.presence('room:2')).toEqual({ seq: 0, count: 0, large: false });
      });

      it('keeps the totals of the later number', async () => {
        await table.setPresence('room:1', { seq: 5, count: 5, large: false });
        await table.setPresence('room:1', { seq: 4, count: 4, large: false });
        await table.setPresence('room:1', { seq: 4, count: 4, large: false }, { force: true });
        expect(await countOf()).toBe(5);
        await table.setPresence('room:1', { seq: 6, count: 6, large: false });
        expect(await countOf()).toBe(6);
      });

      it('replaces totals of the same number only by force', async () => {
        await table.setPresence('room:1', { seq: 5, count: 5, large: false });
        await table.setPresence('room:1', { seq: 5, count: 6, large: false });
        expect(await countOf()).toBe(5);
        await table.setPresence('room:1', { seq: 5, count: 6, large: false }, { force: true });
        expect(await countOf()).toBe(6);
      });

      it('tells for each mark whether it changed anything', async () => {
        const marks: [seq: number, here: boolean, changed: boolean][] = [
          [1, false, false],
          [2, true, true],
          [3, true, false],
          [4, false, true],
          [5, false, false],
          [6, true, true],
        ];
        for (const [seq, here, changed] of marks) {
          expect(await table.markUser('room:1', 'ann', { here, seq })).toBe(changed);
          expect(await table.isHere('room:1', 'ann')).toBe(here);
        }
      });

      it('ignores a mark by an earlier number, and takes one by the same number', async () => {
        await table.markUser('room:1', 'ann', { here: true, seq: 5 });
        expect(await table.markUser('room:1', 'ann', { here: false, seq: 4 })).toBe(false);
        expect(await table.isHere('room:1', 'ann')).toBe(true);
        expect(await table.markUser('room:1', 'ann', { here: false, seq: 5 })).toBe(true);
        expect(await table.isHere('room:1', 'ann')).toBe(false);
      });

      it('does not bring back a user that is gone by an earlier number', async () => {
        await table.markUser('room:1', 'ann', { here: true, seq: 4 });
        await table.markUser('room:1', 'ann', { here: false, seq: 6 });
        expect(await table.markUser('room:1', 'ann', { here: true, seq: 5 })).toBe(false);
        expect(await table.isHere('room:1', 'ann')).toBe(false);
      });

      it('ends with the latest of marks that race, and reports one change', async () => {
        const seqs = [3, 1, 4, 2];
        const changed = await Promise.all(seqs.map((seq) => table.markUser('room:1', 'ann', { here: true, seq })));
        expect(changed.filter(Boolean)).toHaveLength(1);
        expect(await table.markUser('room:1', 'ann', { here: false, seq: 3 })).toBe(false);
        expect(await table.isHere('room:1', 'ann')).toBe(true);
      });

      it('lists the users that are here in the order of their keys, without totals and without the gone', async () => {
        await table.setPresence('room:1', { seq: 9, count: 5, large: false });
        const users = ['ann', '-', '%40x', 'Zoe', '0', 'gone'];
        await Promise.all(users.map((user) => table.markUser('room:1', user, { here: true, seq: 5 })));
        await table.markUser('room:1', 'gone', { here: false, seq: 6 });
        await table.markUser('room:2', 'other', { here: true, seq: 5 });
        const here = ['%40x', '-', '0', 'Zoe', 'ann'];
        expect(await table.users('room:1', 10)).toEqual({ users: here, cursor: undefined });
        expect(await table.users('room:1', 5)).toEqual({ users: here, cursor: undefined });
        expect(await table.users('room:1', 3)).toEqual({ users: here.slice(0, 3), cursor: '0' });
        expect(await table.users('room:1', 3, '0')).toEqual({ users: here.slice(3), cursor: undefined });
      });

      it('fills a list even if most users are gone', async () => {
        const users = Array.from({ length: 40 }, (_, index) => `u${String(index).padStart(2, '0')}`);
        await Promise.all(
          users.map((user, index) => table.markUser('room:1', user, { here: index % 10 === 0, seq: 1 })),
        );
        expect(await table.users('room:1', 3)).toEqual({ users: ['u00', 'u10', 'u20'], cursor: 'u20' });
        expect(await table.users('room:1', 3, 'u20')).toEqual({ users: ['u30'], cursor: undefined });
      });
    });

    it('ends the connection of a subscription with its channel, whether the set has it or not', async () => {
      const table = await start();
      const found = aConnection({ connectionId: 'c9', user: 'ann' });
      await table.endSubscriber('room:1', found); // not in the table
      expect(await table.endConnection('c9')).toEqual({ user: 'ann', channels: ['room:1'] });
      expect(await table.addChannel('c9', 'room:2')).toBe('ended');
      await table.openConnection(aConnection());
      await table.addChannel('c1', 'room:2');
      await table.endSubscriber('room:1', aConnection());
      expect((await table.endConnection('c1'))?.channels).toEqual(expect.arrayContaining(['room:1', 'room:2']));
    });

    it('rejects every call that fails', async () => {
      const down = await startDown();
      const head = FIRST_HEAD;
      const calls = [
        down.openConnection(aConnection()),
        down.addChannel('c1', 'room:1'),
        down.removeChannel('c1', 'room:1'),
        down.connection('c1'),
        down.endSubscriber('room:1', aConnection()),
        down.endConnection('c1'),
        down.deleteConnection('c1'),
        down.putSubscription('room:1', aConnection()),
        down.deleteSubscription('room:1', 'ann', 'c1'),
        down.hasSubscription('room:1', 'ann', 'c1'),
        down.subscriptionPage('room:1'),
        down.hasUser('room:1', 'ann'),
        down.head('room:1'),
        down.createHead('room:1', 1),
        down.moveHead('room:1', head, head),
        down.append('room:1', anEntry(), LATER),
        down.log('room:1', { after: 0, upTo: 1, limit: 1 }),
        down.presence('room:1'),
        down.setPresence('room:1', { seq: 1, count: 1, large: false }),
        down.markUser('room:1', 'ann', { here: true, seq: 1 }),
        down.isHere('room:1', 'ann'),
        down.users('room:1', 1),
      ];
      const settled = await Promise.allSettled(calls);
      expect(settled.filter(({ status }) => status === 'fulfilled')).toEqual([]);
    });
  });
};

const channelsOf = (ended: { channels: readonly string[] } | undefined): string[] =>
  [...(ended?.channels ?? [])].sort();

const idsIn = async (table: ChannelTable, channel: string): Promise<string[]> => {
  const subscriptions: Subscription[] = [];
  let cursor: string | undefined;
  do {
    const page = await table.subscriptionPage(channel, cursor);
    subscriptions.push(...page.subscriptions);
    cursor = page.cursor;
  } while (cursor !== undefined);
  return subscriptions.map(({ connectionId }) => connectionId).sort();
};

/** Runs at most 50 calls at the same time. */
const inGroups = async <T>(values: readonly T[], call: (value: T) => Promise<unknown>): Promise<void> => {
  for (let first = 0; first < values.length; first += 50) await Promise.all(values.slice(first, first + 50).map(call));
};
