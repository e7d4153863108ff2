import { describe, expect, it } from '@jest/globals';
import { AnswerRoom, readHead, readState, type StateQuestion } from '../../../middleware/channels/read-state.ts';
import type { ChannelState } from '../../../schemas/channels/frames.ts';
import { FakeChannelTable } from '../../../testing/fake-channel-table.ts';
import { appendMessages } from '../../support/a-room.ts';

const channel = 'room:1';
const HISTORY_SECONDS = 3_600;
const gone = { at: Date.now() - HISTORY_SECONDS * 1_000 - 60_000 };

/** A table with a channel whose head is 1000 before its first message. */
const aTable = async (messages: Parameters<typeof appendMessages>[2] = []): Promise<FakeChannelTable> => {
  const channels = new FakeChannelTable();
  await channels.createHead(channel, 1_000);
  await appendMessages({ channels }, channel, messages);
  return channels;
};

const stateOf = async (
  table: FakeChannelTable,
  question: Omit<StateQuestion, 'channel'>,
  room = new AnswerRoom([{ channel }]),
): Promise<ChannelState> => {
  const head = await readHead(table, channel);
  return readState({ channel, ...question }, { table, head, historySeconds: HISTORY_SECONDS, room });
};

const numbersOf = ({ messages = [] }: ChannelState) => messages.map(({ seq }) => seq);

describe('readHead', () => {
  it('makes a head from the time, once', async () => {
    const table = new FakeChannelTable();
    const before = Date.now() * 1_000;
    const { seq } = await readHead(table, channel);
    expect(seq).toBeGreaterThanOrEqual(before);
    expect(seq).toBeLessThanOrEqual(Date.now() * 1_000);
    expect(await readHead(table, channel)).toEqual({ seq, source: '', presenceSeq: 0 });
  });
});

describe('readState', () => {
  it('answers the head alone without a question about the past', async () => {
    expect(await stateOf(await aTable([{}, {}]), {})).toEqual({ channel, seq: 1_002 });
  });

  it('answers every entry after a number, with presence, as frames', async () => {
    const table = await aTable([{}, { data: { text: 'two' }, at: 1_795_000_000_000 }, { kind: 'presence' }]);
    await table.append(
      channel,
      { seq: 1_002, id: 'm1002', source: 'queue/1002', kind: 'message', data: { text: 'two' }, at: Date.now() },
      9e9,
    );
    const state = await stateOf(table, { after: 1_001 });
    expect(state).toEqual({
      channel,
      after: 1_001,
      seq: 1_003,
      recovered: true,
      messages: [
        { type: 'message', channel, seq: 1_002, data: { text: 'two' }, id: 'm1002', at: expect.any(Number) },
        { type: 'presence', channel, seq: 1_003, joined: ['ann'], left: [] },
      ],
    });
  });

  it('is recovered, without messages, at the head', async () => {
    expect(await stateOf(await aTable([{}]), { after: 1_001 })).toEqual({
      channel,
      after: 1_001,
      seq: 1_001,
      recovered: true,
    });
  });

  it('begins with the oldest kept message, not recovered, for a number above the head', async () => {
    const state = await stateOf(await aTable([gone, {}, {}]), { after: 5_000 });
    expect(state).toMatchObject({ after: 5_000, seq: 1_003, recovered: false });
    expect(numbersOf(state)).toEqual([1_002, 1_003]);
  });

  it.each([0, 1, 999])(
    'begins with the oldest kept message, not recovered, after %p: before the history',
    async (after) => {
      const state = await stateOf(await aTable([gone, gone, gone, {}, {}]), { after });
      expect(state).toMatchObject({ after, seq: 1_005, recovered: false });
      expect(numbersOf(state)).toEqual([1_004, 1_005]);
    },
  );

  it('counts an entry that is older than the history as gone, although the table has it', async () => {
    const state = await stateOf(await aTable([{}, gone, {}]), { after: 1_000 });
    expect(state).toMatchObject({ seq: 1_003, recovered: false });
    expect(numbersOf(state)).toEqual([1_001, 1_003]);
  });

  it('is not recovered if all entries are gone', async () => {
    const table = await aTable([{}, {}]);
    table.logs.clear();
    expect(await stateOf(table, { after: 1_000 })).toEqual({ channel, after: 1_000, seq: 1_002, recovered: false });
    expect(await stateOf(await aTable([gone, gone]), { after: 1_000 })).toEqual({
      channel,
      after: 1_000,
      seq: 1_002,
      recovered: false,
    });
  });

  it.each([1_001, 1_002, 1_003])('is not recovered if %p is missing', async (missing) => {
    const table = await aTable([{}, {}, {}]);
    table.logs.get(channel)?.delete(missing);
    const state = await stateOf(table, { after: 1_000 });
    expect(state).toMatchObject({ seq: 1_003, recovered: false });
    expect(numbersOf(state)).toEqual([1_001, 1_002, 1_003].filter((seq) => seq !== missing));
  });

  it('believes no entry above the head', async () => {
    const table = await aTable([{}]);
    await table.append(channel, { seq: 1_002, id: 'x', source: 'x', kind: 'message', data: 1, at: Date.now() }, 9e9);
    expect(numbersOf(await stateOf(table, { after: 1_000 }))).toEqual([1_001]);
    expect(numbersOf(await stateOf(table, { last: 10 }))).toEqual([1_001]);
    expect(await stateOf(table, { after: 1_001 })).toMatchObject({ seq: 1_001, recovered: true });
  });

  it('finds the oldest kept entry among many with few reads', async () => {
    const table = await aTable([...Array.from({ length: 1_000 }, () => gone), {}, {}]);
    let reads = 0;
    const counting = new Proxy(table, {
      get: (target, name: keyof FakeChannelTable) => {
        if (name === 'log') reads++;
        const member = target[name] as unknown;
        return typeof member === 'function' ? member.bind(target) : member;
      },
    });
    expect(numbersOf(await stateOf(counting, { after: 1_000 }))).toEqual([2_001, 2_002]);
    expect(reads).toBeLessThan(15);
  });

  it('answers the newest messages, the oldest of them first, without presence and without recovered', async () => {
    const table = await aTable([{}, {}, { kind: 'presence' }, {}, { kind: 'presence' }]);
    const state = await stateOf(table, { last: 2 });
    expect(numbersOf(state)).toEqual([1_002, 1_004]);
    expect(state).toEqual({ channel, seq: 1_005, messages: expect.any(Array) });
    expect(numbersOf(await stateOf(table, { last: 100 }))).toEqual([1_001, 1_002, 1_004]);
  });

  it('looks behind many presence entries for the newest messages, and not behind the history', async () => {
    const presence = Array.from({ length: 300 }, () => ({ kind: 'presence' as const }));
    expect(numbersOf(await stateOf(await aTable([gone, {}, ...presence]), { last: 2 }))).toEqual([1_002]);
  });

  it('reads pages until the head', async () => {
    const state = await stateOf(await aTable(Array.from({ length: 250 }, () => ({ data: 1 }))), { after: 1_000 });
    expect(state).toMatchObject({ seq: 1_250, recovered: true });
    expect(numbersOf(state)).toHaveLength(250);
  });

  const big = (length: number) => ({ data: { text: 'x'.repeat(length) } });

  it.each([
    [{ after: 1_000 }, true],
    [{ last: 3 }, undefined],
  ])('says that there is more after what fits 32 KB: %j', async (question, recovered) => {
    const table = await aTable([big(15_000), big(15_000), big(15_000)]);
    const first = await stateOf(table, question);
    expect(first).toMatchObject({ seq: 1_002, more: true });
    expect(first.recovered).toBe(recovered);
    expect(numbersOf(first)).toEqual([1_001, 1_002]);
    expect(Buffer.byteLength(JSON.stringify(first))).toBeLessThanOrEqual(32 * 1_024);
    expect(await stateOf(table, { after: 1_002 })).toMatchObject({ seq: 1_003, recovered: true });
  });

  it('answers one message that is larger than 32 KB alone', async () => {
    const table = await aTable([big(122_000), {}]);
    expect(numbersOf(await stateOf(table, { after: 1_000 }))).toEqual([1_001]);
    const behind = await aTable([{}, big(122_000)]);
    expect(await stateOf(behind, { after: 1_000 })).toMatchObject({ seq: 1_001, more: true });
  });

  it('says that there is more, with after as its number, if no room is left', async () => {
    const table = await aTable([big(40_000)]);
    const room = new AnswerRoom([{ channel }]);
    await stateOf(table, { after: 1_000 }, room);
    expect(room.isFull).toBe(true);
    expect(await stateOf(table, { after: 1_000 }, room)).toEqual({
      channel,
      after: 1_000,
      seq: 1_000,
      more: true,
      recovered: true,
    });
    expect(await stateOf(table, { after: 2_000 }, room)).toMatchObject({ seq: 2_000, more: true, recovered: false });
    expect(await stateOf(table, { after: 1_001 }, room)).toMatchObject({ seq: 1_001, recovered: true });
  });
});
