import { describe, expect, it } from '@jest/globals';
import { MAX_ATTEMPTS, planHandOver } from '../../../fan-out/records/plan-hand-over.ts';

describe('planHandOver', () => {
  it('queues what was not tried at once, and does not count it as an attempt', () => {
    expect(planHandOver('untried', 9, 0.5)).toEqual({ to: 'queue', attempts: 9, delaySeconds: 0 });
  });

  it.each(['slow', 'failed', 'forbidden'] as const)(
    'lets what is %s wait twice as long each time, with jitter',
    (reason) => {
      const delays = (random: number) =>
        [0, 1, 2, 3, 4, 5, 6, 7, 8].map((attempts) => planHandOver(reason, attempts, random)).map(delayOf);
      expect(delays(0.999)).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
      expect(delays(0)).toEqual([1, 1, 2, 4, 8, 16, 30, 30, 30]);
    },
  );

  it('gives a handshake more than the 30 seconds it may take, whatever chance says', () => {
    const delays = [0, 1, 2, 3, 4, 5].map((attempts) => delayOf(planHandOver('connecting', attempts, 0)));
    expect(delays).toEqual([1, 2, 4, 8, 16, 32]);
  });

  it.each(['slow', 'failed', 'forbidden', 'connecting'] as const)(
    'dead-letters what is %s after its last attempt',
    (reason) => {
      expect(planHandOver(reason, MAX_ATTEMPTS - 2, 0.5)).toMatchObject({ to: 'queue', attempts: MAX_ATTEMPTS - 1 });
      expect(planHandOver(reason, MAX_ATTEMPTS - 1, 0.5)).toEqual({ to: 'dead-letter', reason });
    },
  );

  it('dead-letters what is too large at once', () => {
    expect(planHandOver('too-large', 0, 0.5)).toEqual({ to: 'dead-letter', reason: 'too-large' });
  });
});

const delayOf = (handOver: ReturnType<typeof planHandOver>): number =>
  handOver.to === 'queue' ? handOver.delaySeconds : -1;
