import { describe, expect, it } from '@jest/globals';
import { parseChannelRecord, readChannelRecord } from '../../../schemas/channels/read-channel-record.ts';

const RECEIVED_AT = 1_795_219_006_000;
const read = (body: unknown, groupId = 'room:1') =>
  readChannelRecord({
    messageId: 'm1',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    receiveCount: 2,
    receivedAt: RECEIVED_AT,
    queueName: 'chat.fifo',
    sequenceNumber: '18849496460467696128',
    groupId,
  });
const record = { v: 1, channel: 'room:1', data: { text: 'hi' } };

describe('readChannelRecord', () => {
  it('fills in missing fields from the SQS message', () => {
    expect(read(record)).toEqual({
      messageId: 'm1',
      receiveCount: 2,
      source: 'chat.fifo/18849496460467696128',
      channel: 'room:1',
      content: { data: { text: 'hi' }, id: 'm1' },
      at: RECEIVED_AT,
    });
  });

  it('keeps the id, the time and the connection to leave out', () => {
    expect(read({ ...record, id: 'x', at: RECEIVED_AT - 5, except: 'c1' })).toMatchObject({
      content: { data: { text: 'hi' }, id: 'x', except: 'c1' },
      at: RECEIVED_AT - 5,
    });
  });

  it('reads a time in seconds, and no time in the future', () => {
    expect(read({ ...record, at: RECEIVED_AT / 1_000 - 60 })?.at).toBe(RECEIVED_AT - 60_000);
    expect(read({ ...record, at: RECEIVED_AT + 60_000 })?.at).toBe(RECEIVED_AT);
  });

  it.each([[null], [0], [false], [[]], ['text'], [{ __proto__: null }]])('reads the data %j', (data) => {
    expect(read({ ...record, data })?.content).toEqual({ data, id: 'm1' });
  });

  it('reads a look', () => {
    expect(read({ v: 1, channel: 'room:1', look: 'ann%40x' })?.content).toEqual({ look: 'ann%40x' });
  });

  it.each([
    ['hello'],
    ['null'],
    ['[]'],
    [{ ...record, v: 2 }],
    [{ ...record, channel: 'room 1' }],
    [{ ...record, colour: 'red' }],
    [{ ...record, id: '' }],
    [{ ...record, at: -1 }],
    [{ ...record, at: 'now' }],
    [{ ...record, except: '' }],
    [{ ...record, data: '' }],
    [{ ...record, look: 'ann' }],
    [{ v: 1, channel: 'room:1' }],
    [{ v: 1, channel: 'room:1', look: '' }],
    [{ v: 1, data: 'x' }],
  ])('reads no record in %j', (body) => expect(read(body)).toBeUndefined());

  it('reads no record whose group is another channel', () => expect(read(record, 'room:2')).toBeUndefined());
});

it('parseChannelRecord returns the record as it is', () => {
  expect(parseChannelRecord(JSON.stringify(record))).toEqual(record);
  expect(parseChannelRecord('{"v":1,"data":"a broadcast"}')).toBeUndefined();
});
