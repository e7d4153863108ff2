import { describe, it } from '@jest/globals';
import fc from 'fast-check';
import { keepsItsPromises } from './simulation/keeps-its-promises.ts';

const MINUTE_MS = 60_000;

describe('fanOutBatch, whatever API Gateway, DynamoDB, SQS and Lambda do', () => {
  it(
    'loses nobody, repeats only what it may, deletes no living row, and accounts for every connection, in 12,000 runs',
    () => fc.assert(keepsItsPromises, { numRuns: 12_000 }),
    10 * MINUTE_MS,
  );
});
