import { describe, expect, it } from '@jest/globals';
import { MessageTokens, MIN_MESSAGE_BYTES } from '../../../../packages/load/workload/message-token.ts';

const tokens = new MessageTokens('0a1b2c3d');
const token = { message: 4_711, sentAtUs: 1_710_447_734_123 };

describe('MessageTokens', () => {
  it('writes a message of exactly the given size', () => {
    expect(Buffer.byteLength(tokens.write(token, 200))).toBe(200);
    expect(tokens.write({ message: 99_999_999, sentAtUs: 9_999_999_999_999 }, 0).length).toBeLessThanOrEqual(
      MIN_MESSAGE_BYTES,
    );
  });

  it('writes only characters that JSON does not escape', () => {
    const text = tokens.write(token, 100);
    expect(JSON.stringify(text)).toBe(`"${text}"`);
  });

  it('finds a message alone and inside any frame', () => {
    const text = tokens.write(token, 100);
    expect(tokens.read(Buffer.from(text))).toEqual([token]);
    expect(tokens.read(Buffer.from(`{"from":"~0a1b","message":"${text}"}`))).toEqual([token]);
  });

  it('finds every message of a frame, and skips incomplete ones', () => {
    const other = { message: 12, sentAtUs: 345 };
    const items = [tokens.write(token, 100), '~0a1b2c3d.7.', '~0a1b2c3d.x', tokens.write(other, 100)];
    expect(tokens.read(Buffer.from(JSON.stringify({ items })))).toEqual([token, other]);
    expect(tokens.read(Buffer.from(`~0a1b2c3d.7.${tokens.write(other, 0)}`))).toEqual([other]);
  });

  it.each(['', 'hello', '~0a1b2c3d.', '~0a1b2c3d.12', '~0a1b2c3d.12.3', '~0a1b2c3d.x.3.', '~ffffffff.1.2.'])(
    'finds no message of this run in %j',
    (text) => {
      expect(tokens.read(Buffer.from(text))).toEqual([]);
    },
  );
});
