import { describe, expect, it } from '@jest/globals';
import { createBroadcastRecord } from '../../schemas/create-broadcast-record.ts';

describe('createBroadcastRecord', () => {
  it('excludes one connection, by an id of up to 2,048 characters', () => {
    expect(createBroadcastRecord('hello', { except: 'c' })).toMatchObject({ data: 'hello', except: 'c' });
    expect(createBroadcastRecord('hello', { except: 'c'.repeat(2_048) }).except).toHaveLength(2_048);
    expect(createBroadcastRecord('hello')).not.toHaveProperty('except');
  });

  it.each([
    ['', 'a string of 0 characters'],
    ['c'.repeat(2_049), 'a string of 2049 characters'],
    [7, 'number'],
    [null, 'object'],
  ])('refuses %j, which is not a connection id', (except, got) => {
    expect(() => createBroadcastRecord('hello', { except: except as string })).toThrow(
      new TypeError(`Expected except to be a connection id of 1 to 2048 characters, got ${got}`),
    );
  });

  it('converts the data to text', () => {
    expect(createBroadcastRecord({ price: 5 })).toMatchObject({ v: 1, data: '{"price":5}' });
  });

  it('refuses an option that does not exist', () => {
    expect(() => createBroadcastRecord('hello', { exept: 'c1' } as never)).toThrow(
      new TypeError("Unknown option 'exept' of a broadcast. The only option is except"),
    );
  });

  it('expires after ten minutes', () => {
    const { sentAt = 0, expiresAt = 0 } = createBroadcastRecord('hello');
    expect(expiresAt - sentAt).toBe(600_000);
  });
});
