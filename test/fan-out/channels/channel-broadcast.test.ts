import { describe, expect, it } from '@jest/globals';
import { isDeliverable, toBroadcast } from '../../../fan-out/channels/channel-broadcast.ts';
import { MAX_MESSAGE_FRAME_BYTES } from '../../../schemas/channels/frames.ts';
import { aChannelRecord, NOW } from './timed-channels.ts';

const HISTORY = { history: { seconds: 60 } };

describe('isDeliverable', () => {
  const room = (data: string) => aChannelRecord(1, { data });
  const frameBytes = Buffer.byteLength(
    JSON.stringify({
      ...{ type: 'message', channel: 'room:1', seq: Number.MAX_SAFE_INTEGER, data: '', id: 'id1', at: NOW },
    }),
  );

  it('accepts a message whose frame has 120 KB, and refuses one byte more', () => {
    const most = MAX_MESSAGE_FRAME_BYTES - frameBytes;
    expect(isDeliverable(room('x'.repeat(most)))).toBe(true);
    expect(isDeliverable(room('x'.repeat(most + 1)))).toBe(false);
  });

  it('counts bytes, not characters', () => {
    expect(isDeliverable(room('é'.repeat(MAX_MESSAGE_FRAME_BYTES / 2)))).toBe(false);
    expect(isDeliverable(room('é'.repeat((MAX_MESSAGE_FRAME_BYTES - frameBytes) / 2 - 1)))).toBe(true);
  });

  it('accepts every look', () => expect(isDeliverable(aChannelRecord(1, { look: 'ann' }))).toBe(true));
});

describe('toBroadcast', () => {
  const entry = { seq: 7, id: 'id1', source: 's', kind: 'message' as const, data: { a: 1 }, at: NOW };

  it.each([
    ['hello', 'hello'],
    [{ a: 1 }, '{"a":1}'],
    [0, '0'],
    [false, 'false'],
    [null, 'null'],
  ])('is the text of %j for plain clients, and its value in the frame', (data, text) => {
    const broadcast = toBroadcast('news:x', aChannelRecord(1, { data }), { entry: undefined, rule: {}, earliest: 0 });
    expect(broadcast.data).toBe(text);
    expect(JSON.parse(broadcast.frame ?? '')).toEqual({
      ...{ type: 'message', channel: 'news:x', data, id: 'id1', at: NOW },
    });
  });

  it('has the number of its entry', () => {
    const record = aChannelRecord(1, { data: { a: 1 } });
    const { frame = '' } = toBroadcast('room:1', record, { entry, rule: HISTORY, earliest: 0 });
    expect(JSON.parse(frame)).toMatchObject({ seq: 7, data: { a: 1 } });
  });

  it('expires ten minutes after its message was sent, and if ephemeral after 5 seconds', () => {
    const record = aChannelRecord(1, { at: NOW - 1_000 });
    const options = { entry: undefined, earliest: NOW };
    expect(toBroadcast('news:x', record, { ...options, rule: {} }).expiresAt).toBe(NOW - 1_000 + 600_000);
    const ephemeral = toBroadcast('typing:1', record, { ...options, rule: { ephemeral: true } });
    expect(ephemeral).toMatchObject({ sentAt: NOW, expiresAt: NOW + 4_000 });
  });

  it('is not sent before the message that comes before it', () => {
    const options = { entry: undefined, rule: {} };
    expect(toBroadcast('news:x', aChannelRecord(1), { ...options, earliest: NOW + 5 }).sentAt).toBe(NOW + 5);
    expect(toBroadcast('news:x', aChannelRecord(1), { ...options, earliest: NOW - 5 }).sentAt).toBe(NOW);
  });

  it('leaves a connection out, unless a gap in the numbers would show', () => {
    const record = aChannelRecord(1, { except: 'c1' });
    expect(toBroadcast('news:x', record, { entry: undefined, rule: {}, earliest: 0 }).except).toBe('c1');
    expect(toBroadcast('room:1', record, { entry, rule: HISTORY, earliest: 0 })).not.toHaveProperty('except');
  });

  it('has the id of the SQS message if it tells presence', () => {
    const data = { joined: ['ann'], left: [], count: 1 };
    const look = aChannelRecord(1, { look: 'ann' });
    const presence = { ...entry, kind: 'presence' as const, id: 'm1', data };
    const broadcast = toBroadcast('room:1', look, { entry: presence, rule: HISTORY, earliest: 0 });
    const frame = { type: 'presence', channel: 'room:1', seq: 7, joined: ['ann'], left: [] };
    expect(broadcast).toMatchObject({ id: 'm1', data: JSON.stringify(frame), frame: JSON.stringify(frame) });
  });
});
