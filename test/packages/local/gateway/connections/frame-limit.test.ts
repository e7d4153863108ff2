import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FrameLimit } from '../../../../../packages/local/gateway/connections/frame-limit.ts';
import { clientFrame, hugeFrameHeader } from '../support/client-frame.ts';

const text = (bytes: number): Buffer => clientFrame(Buffer.alloc(bytes, 'a'));

describe('FrameLimit', () => {
  it('passes a frame of exactly 32 KB, and stops before the header of a frame that is one byte longer', () => {
    expect(new FrameLimit().inspect(text(32_768))).toEqual({ allowedBytes: text(32_768).length });
    expect(new FrameLimit().inspect(text(32_769))).toMatchObject({ allowedBytes: 0, violation: { code: 1009 } });
  });

  it('stops a binary frame of any size with 1003', () => {
    for (const bytes of [0, 1, 40_000]) {
      const frame = clientFrame(Buffer.alloc(bytes), { opcode: 0x2 });
      expect(new FrameLimit().inspect(frame)).toMatchObject({ allowedBytes: 0, violation: { code: 1003 } });
    }
  });

  it('stops a frame whose length is greater than the largest safe integer', () => {
    expect(new FrameLimit().inspect(hugeFrameHeader())).toMatchObject({ violation: { code: 1009 } });
  });

  it('allows 32 KB for each fragment of a message', () => {
    const first = clientFrame(Buffer.alloc(32_768), { fin: false });
    const last = clientFrame(Buffer.alloc(32_768), { opcode: 0x0 });
    expect(new FrameLimit().inspect(Buffer.concat([first, last])).violation).toBeUndefined();
  });

  it('finds the same frame in chunks of any size', () => {
    const before = [text(0), text(5), text(200), clientFrame(Buffer.from('ping'), { opcode: 0x9 })];
    const bytes = Buffer.concat([...before, text(33_000)]);
    const good = Buffer.concat(before).length;
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1 }), (sizes) => {
        const limit = new FrameLimit();
        let allowed = 0;
        for (let at = 0, cut = 0; at < bytes.length; cut++) {
          const chunk = bytes.subarray(at, at + (sizes[cut % sizes.length] as number));
          const verdict = limit.inspect(chunk);
          allowed += verdict.allowedBytes;
          if (verdict.violation) {
            // At most the beginning of the forbidden frame's header has passed.
            expect(verdict.violation.code).toBe(1009);
            expect(allowed - good).toBeGreaterThanOrEqual(0);
            expect(allowed - good).toBeLessThan(14);
            return;
          }
          at += chunk.length;
        }
        throw new Error('the frame was not found');
      }),
    );
  });
});
