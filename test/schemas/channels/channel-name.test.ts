import { describe, expect, it } from '@jest/globals';
import { decodeUser, encodeUser, isChannelName, userChannel } from '../../../schemas/channels/channel-name.ts';

describe('isChannelName', () => {
  it.each(['a', 'room:42', 'A-Z_a.z:0%20', '__proto__', ':', 'x'.repeat(128)])('accepts %s', (name) => {
    expect(isChannelName(name)).toBe(true);
  });

  it.each(['', 'room 1', 'röm', 'a/b', 'a#b', 'a\n', 'x'.repeat(129), 7, null, undefined, ['a'], {}])(
    'refuses %j',
    (name) => expect(isChannelName(name)).toBe(false),
  );
});

describe('encodeUser', () => {
  it.each([
    ['ann', 'ann'],
    ['Ann_1.x-y', 'Ann_1.x-y'],
    ['ann@example.com', 'ann%40example.com'],
    ['a b#c:d/e%', 'a%20b%23c%3Ad%2Fe%25'],
    ["!'()*~", '%21%27%28%29%2A%7E'],
    ['é漢😀', '%C3%A9%E6%BC%A2%F0%9F%98%80'],
    ['\u0000', '%00'],
    ['__proto__', '__proto__'],
    ['', ''],
  ])('encodes %j as %s, and decodeUser reverses it', (user, encoded) => {
    expect(encodeUser(user)).toBe(encoded);
    expect(decodeUser(encoded)).toBe(user);
  });

  it('refuses a user of more than 100 characters after it is encoded', () => {
    expect(encodeUser('x'.repeat(100))).toHaveLength(100);
    expect(() => encodeUser('x'.repeat(101))).toThrow(
      new TypeError('Expected a user of at most 100 characters after percent-encoding, got 101'),
    );
    expect(() => encodeUser('é'.repeat(17))).toThrow('got 102');
  });
});

it('decodeUser leaves a text that was not encoded', () => {
  for (const text of ['%', '%zz', '%C3']) expect(decodeUser(text)).toBe(text);
});

describe('userChannel', () => {
  it('names the channel of a user, which is a valid name', () => {
    expect(userChannel('ann@x')).toBe('user:ann%40x');
    expect(isChannelName(userChannel('😀'.repeat(8)))).toBe(true);
  });

  it('refuses no user', () => expect(() => userChannel('')).toThrow(new TypeError("Expected a user, got ''")));
});
