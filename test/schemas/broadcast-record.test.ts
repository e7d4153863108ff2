import { describe, expect, it } from '@jest/globals';
import { broadcastRecord } from '../../schemas/broadcast-record.validator.ts';
import { createBroadcastRecord } from '../../schemas/create-broadcast-record.ts';
import { MAX_MESSAGE_BYTES } from '../../schemas/quotas.ts';

describe('a broadcast record', () => {
  it.each([
    { v: 1, data: 'hello' },
    createBroadcastRecord('hello', { except: 'c1' }),
    createBroadcastRecord('x'.repeat(MAX_MESSAGE_BYTES)),
    { v: 1, data: 'hello', connections: { 'PJqB0fHsqRcCHlw=': 1_795_219_006 } },
    { v: 2, data: 'hello', connections: { 'PJqB0fHsqRcCHlw=': [1_795_219_006, 1_795_226_506] } },
    { v: 1, data: 'hello', connections: { odd: -1.5, older: 1_795_219_006_123, text: 'yesterday' } },
    { v: 1, data: 'hello', cursor: 'PJqB0fHsqRcCHlw=', attempts: 1 },
    { v: 1, data: 'hello', cursor: 'c'.repeat(2_048) },
    { v: 1, data: 'hello', sentAt: 1_795_219_006.5 },
  ])('is accepted: %.80j', (record) => {
    expect(broadcastRecord(record)).toBe(true);
  });

  it.each([
    'hello',
    null,
    [],
    {},
    { data: 'hello' },
    { v: 3, data: 'hello' },
    { v: 1 },
    { v: 1, data: '' },
    { v: 1, data: 5 },
    { v: 1, data: 'hello', to: 'c1' },
    { v: 1, data: 'hello', sentAt: 'yesterday' },
    { v: 1, data: 'hello', connections: {} },
    { v: 1, data: 'hello', connections: { c1: 1 }, cursor: 'c1' },
  ])('is refused: %j', (record) => {
    expect(broadcastRecord(record)).toBe(false);
  });
});
