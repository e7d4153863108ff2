import { describe, expect, it } from '@jest/globals';
import type { ConnectionPoster, PostOutcome } from '../../aws/connection-poster.ts';

export interface PosterUnderTest {
  /**
   * A poster, what becomes of posts to a connection, and what arrived there. `unknown` is a post that is never answered.
   */
  start(): Promise<{
    poster: ConnectionPoster;
    arrange(connectionId: string, outcome: PostOutcome): void;
    arrived(connectionId: string): string[];
  }>;
}

const REFUSALS = ['gone', 'throttled', 'too-large', 'forbidden', 'failed', 'unknown'] as const satisfies PostOutcome[];

/** What every connection poster promises. */
export const connectionPosterContract = (name: string, { start }: PosterUnderTest): void => {
  describe(`${name} as a connection poster`, () => {
    it('delivers a text to one connection, unchanged', async () => {
      const { poster, arrived } = await start();
      const data = 'hello, "everyone"! \u0000 é 漢 😀 \uffff';
      expect(await poster.post('PJqB0-_sqRcCHlw=', data)).toEqual({ outcome: 'delivered' });
      expect(arrived('PJqB0-_sqRcCHlw=')).toEqual([data]);
      expect(arrived('another')).toEqual([]);
    });

    it.each(REFUSALS)('resolves to %s, with a detail that quotes nothing', async (outcome) => {
      const { poster, arrange } = await start();
      arrange('c1', outcome);
      const result = await poster.post('c1', 'the secret text', outcome === 'unknown' ? { timeoutMs: 50 } : {});
      expect(result).toEqual({ outcome, detail: expect.any(String) });
      expect(result.detail).not.toMatch(/secret|c1|AWS4|Canonical/);
    });

    it('tries once, whatever the outcome', async () => {
      const { poster, arrange, arrived } = await start();
      arrange('c1', 'failed');
      arrange('c2', 'throttled');
      await poster.post('c1', 'text');
      await poster.post('c2', 'text');
      arrange('c1', 'delivered');
      await poster.post('c1', 'another text');
      expect(arrived('c1')).toEqual(['another text']);
      expect(arrived('c2')).toEqual([]);
    });
  });
};
