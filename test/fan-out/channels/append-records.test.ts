import { describe, expect, it } from '@jest/globals';
import { type AppendedRecord, appendRecords } from '../../../fan-out/channels/append-records.ts';
import type { ReceivedChannelRecord } from '../../../schemas/channels/channel-record.ts';
import type { FakeChannelTable } from '../../../testing/fake-channel-table.ts';
import { aChannelRecord, aChannelTable, aSubscription, NOW } from './timed-channels.ts';

const CHANNEL = 'room:1';
const FIRST = NOW * 1_000 + 1;

const append = (table: FakeChannelTable, ...records: ReceivedChannelRecord[]) =>
  appendRecords({ channel: CHANNEL, records, historySeconds: 3_600, table, now: () => NOW });
const numbersOf = (appended: readonly AppendedRecord[]) =>
  appended.map(({ record, entry }) => [record.messageId, entry.seq - FIRST]);
const logOf = (table: FakeChannelTable) =>
  [...(table.logs.get(CHANNEL)?.values() ?? [])].map(({ seq, id }) => [id, seq - FIRST]);
const records = (...numbers: number[]) => numbers.map((number) => aChannelRecord(number));

describe('appendRecords', () => {
  it('begins a channel at the time, in milliseconds times 1,000, and numbers its records without a hole', async () => {
    const table = await aChannelTable();
    expect(numbersOf(await append(table, ...records(1, 2)))).toEqual([
      ['m1', 0],
      ['m2', 1],
    ]);
    expect(numbersOf(await append(table, ...records(3)))).toEqual([['m3', 2]]);
    expect(table.heads.get(CHANNEL)).toEqual({ seq: FIRST + 2, source: aChannelRecord(3).source, presenceSeq: 0 });
  });

  it('keeps an entry for the history and a day more', async () => {
    const table = await aChannelTable();
    await append(table, aChannelRecord(1, { data: { text: 'hi' }, at: NOW - 5_000 }));
    expect([...(table.logs.get(CHANNEL)?.values() ?? [])]).toEqual([
      {
        seq: FIRST,
        id: 'id1',
        source: aChannelRecord(1).source,
        kind: 'message',
        data: { text: 'hi' },
        at: NOW - 5_000,
        ttl: NOW / 1_000 - 5 + 3_600 + 86_400,
      },
    ]);
  });

  it('moves the head after the entries, so that no reader sees a number without its entry', async () => {
    const table = await aChannelTable();
    const calls: string[] = [];
    for (const name of ['append', 'moveHead'] as const) {
      const method = table[name].bind(table) as (...parameters: unknown[]) => Promise<boolean>;
      table[name] = (...parameters: unknown[]) => {
        calls.push(name);
        return method(...parameters);
      };
    }
    await append(table, ...records(1, 2));
    expect(calls).toEqual(['append', 'append', 'moveHead']);
  });

  it('gives the records of a batch that comes again the numbers that they have', async () => {
    const table = await aChannelTable();
    await append(table, ...records(1, 2, 3));
    const head = table.heads.get(CHANNEL);
    expect(numbersOf(await append(table, ...records(2, 3, 4)))).toEqual([
      ['m2', 1],
      ['m3', 2],
      ['m4', 3],
    ]);
    expect(table.heads.get(CHANNEL)?.seq).toBe((head?.seq ?? 0) + 1);
    expect(numbersOf(await append(table, ...records(1)))).toEqual([['m1', 0]]);
    expect(logOf(table)).toHaveLength(4);
  });

  it('finds a record that was appended before, however many entries follow it', async () => {
    const table = await aChannelTable();
    const all = Array.from({ length: 250 }, (_, index) => index + 1);
    await append(table, ...records(...all));
    expect(numbersOf(await append(table, ...records(1, 2)))).toEqual([
      ['m1', 0],
      ['m2', 1],
    ]);
  });

  it('gives no entry to a record that was appended before and has expired', async () => {
    const table = await aChannelTable();
    await append(table, ...records(1, 2));
    table.logs.get(CHANNEL)?.delete(FIRST);
    expect(numbersOf(await append(table, ...records(1, 2)))).toEqual([['m2', 1]]);
  });

  it('appends every record of another queue', async () => {
    const table = await aChannelTable();
    await append(table, ...records(5));
    expect(numbersOf(await append(table, aChannelRecord(1, { queueName: 'new.fifo' })))).toEqual([['m1', 1]]);
  });

  it('keeps the numbers that a killed function has given', async () => {
    const table = await aChannelTable();
    table.moveHead = () => Promise.reject(new Error('killed'));
    await expect(append(table, ...records(1, 2))).rejects.toThrow('killed');
    delete (table as { moveHead?: unknown }).moveHead;
    expect(numbersOf(await append(table, ...records(1, 2, 3)))).toEqual([
      ['m1', 0],
      ['m2', 1],
      ['m3', 2],
    ]);
  });

  it('leaves a number to the entry that has it, and moves the head over it', async () => {
    const table = await aChannelTable();
    await append(table, ...records(1));
    const { source, at } = aChannelRecord(3);
    const taken = { seq: FIRST + 1, id: 'id3', source, kind: 'message' as const, data: 'text 3', at };
    await table.append(CHANNEL, taken, NOW);
    expect(numbersOf(await append(table, ...records(2, 3)))).toEqual([
      ['m3', 1],
      ['m2', 2],
    ]);
    expect(table.heads.get(CHANNEL)).toEqual({ seq: FIRST + 2, source, presenceSeq: 0 });
    expect(numbersOf(await append(table, ...records(2, 3)))).toEqual([
      ['m3', 1],
      ['m2', 2],
    ]);
  });

  it('finds its records appended if another function has moved the head', async () => {
    const table = await aChannelTable();
    const moveHead = table.moveHead.bind(table);
    let isFirst = true;
    table.moveHead = async (...parameters) => {
      if (!isFirst) return moveHead(...parameters);
      isFirst = false;
      await append(table, ...records(1, 2)); // the other function, which got the same batch
      return moveHead(...parameters);
    };
    expect(numbersOf(await append(table, ...records(1, 2)))).toEqual([
      ['m1', 0],
      ['m2', 1],
    ]);
    expect(logOf(table)).toEqual([
      ['id1', 0],
      ['id2', 1],
    ]);
  });

  it('gives up if other functions move the head each time', async () => {
    const table = await aChannelTable();
    let tries = 0;
    table.moveHead = async () => {
      tries++;
      return false;
    };
    await expect(append(table, ...records(1))).rejects.toThrow('Other functions moved the head of the channel');
    expect(tries).toBe(5);
  });

  it('appends nothing for a look that changes nothing', async () => {
    const table = await aChannelTable();
    expect(await append(table, aChannelRecord(1, { look: 'ann' }))).toEqual([]);
    expect(logOf(table)).toEqual([]);
  });

  it('numbers a presence entry like a message, with the id of its SQS message', async () => {
    const table = await aChannelTable({ [CHANNEL]: [aSubscription('c1', { user: 'ann' })] });
    const appended = await append(table, aChannelRecord(1), aChannelRecord(2, { look: 'ann' }), aChannelRecord(3));
    expect(appended.map(({ entry: { id, seq, kind } }) => [id, seq - FIRST, kind])).toEqual([
      ['id1', 0, 'message'],
      ['m2', 1, 'presence'],
      ['id3', 2, 'message'],
    ]);
    expect(table.heads.get(CHANNEL)).toMatchObject({ seq: FIRST + 2, presenceSeq: FIRST + 1 });
  });
});
