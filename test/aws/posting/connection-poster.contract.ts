import { describe, expect, it } from '@jest/globals';
import type { ConnectionPoster, PostOutcome } from '../../../aws/posting/connection-poster.ts';
import { PATIENCE_MS } from '../../support/until.ts';

export interface PosterUnderTest {
  /**
   * A poster, a function that sets the outcome of posts to a connection, and one that returns the texts that arrived.
   * The outcome `unknown` is a post that is never answered.
   */
  start(): Promise<{
    poster: ConnectionPoster;
    arrange(connectionId: string, outcome: PostOutcome): void;
    arrived(connectionId: string): string[];
  }>;
}

const PATIENTLY = { timeoutMs: PATIENCE_MS };
const REFUSALS = ['gone', 'throttled', 'too-large', 'forbidden', 'failed', 'unknown'] as const satisfies PostOutcome[];

/** The promises of every connection poster. */
export const connectionPosterContract = (name: string, { start }: PosterUnderTest): void => {
  describe(`${name} as a connection poster`, () => {
    it('delivers a text to one connection, unchanged', async () => {
      const { poster, arrived } = await start();
      const data = 'hello, "everyone"! \u0000 é 漢 😀 \uffff';
      expect(await poster.post('PJqB0-_sqRcCHlw=', data, PATIENTLY)).toEqual({ outcome: 'delivered' });
      expect(arrived('PJqB0-_sqRcCHlw=')).toEqual([data]);
      expect(arrived('another')).toEqual([]);
    });

    it.each(REFUSALS)('resolves to %s, with a detail that does not quote the answer', async (outcome) => {
      const { poster, arrange } = await start();
      // Opens the socket first: a post that is not sent by its deadline has another outcome.
      await poster.post('another', 'text', PATIENTLY);
      arrange('c1', outcome);
      const deadline = outcome === 'unknown' ? { timeoutMs: 50 } : PATIENTLY;
      const result = await poster.post('c1', 'the secret text', deadline);
      expect(result).toEqual({ outcome, detail: expect.any(String) });
      expect(result.detail).not.toMatch(/secret|c1|AWS4|Canonical/);
    });

    it('tries once, whatever the outcome', async () => {
      const { poster, arrange, arrived } = await start();
      arrange('c1', 'failed');
      arrange('c2', 'throttled');
      await poster.post('c1', 'text', PATIENTLY);
      await poster.post('c2', 'text', PATIENTLY);
      arrange('c1', 'delivered');
      await poster.post('c1', 'another text', PATIENTLY);
      expect(arrived('c1')).toEqual(['another text']);
      expect(arrived('c2')).toEqual([]);
    });
  });
};
