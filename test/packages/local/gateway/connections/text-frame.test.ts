import { describe, expect, it } from '@jest/globals';
import { textFrame } from '../../../../../packages/local/gateway/connections/text-frame.ts';

describe('textFrame', () => {
  it.each([
    [0, '8100'],
    [125, '817d'],
    [126, '817e007e'],
    [65_535, '817effff'],
    [65_536, '817f0000000000010000'],
  ])('puts %d unmasked bytes behind one header of a final text frame', (length, header) => {
    const text = Buffer.alloc(length, 'x');
    expect(textFrame(text).equals(Buffer.concat([Buffer.from(header, 'hex'), text]))).toBe(true);
    expect(textFrame(text.toString()).equals(textFrame(text))).toBe(true);
  });

  it('replaces bytes that are not UTF-8', () => {
    expect(textFrame(Buffer.of(0x61, 0xff)).toString('latin1', 2)).toBe(Buffer.from('a\ufffd').toString('latin1'));
  });
});
