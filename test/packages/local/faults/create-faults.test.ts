import { describe, expect, it } from '@jest/globals';
import { createFaults } from '../../../../packages/local/faults/create-faults.ts';
import { parseFaults } from '../../../../packages/local/faults/parse-faults.ts';
import { aFunction } from '../functions/a-function.ts';

const fanOut = aFunction({ logicalId: 'ChatFanOut', functionName: 'Chat-FanOut', handler: 'fan-out.handler' });
const faults = (...options: string[]) => createFaults(parseFaults(options), 1, () => [fanOut]);

describe('the faults of the gateway and the functions', () => {
  it('delay a post and answer it with an error', () => {
    expect(faults().gateway.onPost('a')).toBeUndefined();
    expect(faults('post:410=100%').gateway.onPost('a')).toEqual({ delayMs: 0, outcome: 410 });
    expect(faults('post:429=100%', 'post:delay=20ms').gateway.onPost('a')).toEqual({ delayMs: 20, outcome: 429 });
    expect(faults('post:hang=100%', 'post:410=100%').gateway.onPost('a')).toMatchObject({ outcome: 'hang' });
  });

  it.each(['ChatFanOut', 'Chat-FanOut', 'fan-out'])(
    'crash the function with the name %s, early or late in an event',
    (name) => {
      const { crashAfterWrites } = faults(`function:crash=${name}@100%`);
      const writes = Array.from({ length: 200 }, () => crashAfterWrites('Chat-FanOut') as number);
      expect(Math.min(...writes)).toBeLessThan(4);
      expect(Math.max(...writes)).toBeGreaterThan(256);
      expect(crashAfterWrites('another')).toBeUndefined();
    },
  );

  it('crash a function that a reload has added', () => {
    const functions = [fanOut];
    const { crashAfterWrites } = createFaults(parseFaults(['function:crash=fan-out@100%']), 1, () => functions);
    functions.push(aFunction({ functionName: 'Chat-Second', handler: 'fan-out.handler' }));
    expect(crashAfterWrites('Chat-Second')).toEqual(expect.any(Number));
  });

  it('are refused if a crash names an unknown function', () => {
    expect(() => faults('function:crash=fanout@1%')).toThrow(
      '--fault function:crash names the unknown function fanout. Name one of: ChatFanOut (fan-out).',
    );
  });

  it('crash a function by its logical id, with or without the suffix of the CDK', () => {
    const functions = [aFunction({ logicalId: 'ChatWorker28EA3E30', functionName: 'Chat-Worker' })];
    for (const name of ['ChatWorker28EA3E30', 'ChatWorker']) {
      const { crashAfterWrites } = createFaults(parseFaults([`function:crash=${name}@100%`]), 1, () => functions);
      expect(crashAfterWrites('Chat-Worker')).toEqual(expect.any(Number));
    }
  });
});
