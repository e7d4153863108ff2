import { describe, expect, it } from '@jest/globals';
import { readEndedRecord } from '../../../schemas/channels/ended-record.ts';

describe('readEndedRecord', () => {
  it.each([[{ v: 2, ended: ['c1', 'c2'] }], [{ v: 2, ended: ['c1'], channel: 'room:1' }], [{ v: 2, ended: [] }]])(
    'reads %j',
    (record) => expect(readEndedRecord(JSON.stringify(record))).toEqual(record),
  );

  it.each([
    'hello',
    'null',
    '7',
    '{"v":1,"ended":["c1"]}',
    '{"v":2,"ended":"c1"}',
    '{"v":2,"ended":[""]}',
    '{"v":2,"ended":[7]}',
    '{"v":2,"ended":["c1"],"channel":7}',
    '{"v":2,"data":"a broadcast"}',
  ])('reads no record in %s', (text) => expect(readEndedRecord(text)).toBeUndefined());
});
