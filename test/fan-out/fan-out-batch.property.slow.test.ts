import { describe, it } from '@jest/globals';
import fc from 'fast-check';
import { keepsItsPromises } from './simulation/keeps-its-promises.ts';

const MINUTE_MS = 60_000;

describe('fanOutBatch, whatever API Gateway, DynamoDB, SQS and Lambda do', () => {
  it(
    'loses no connection, repeats only allowed posts, deletes no live row, and counts every connection, in 12,000 runs',
    () => fc.assert(keepsItsPromises, { numRuns: 12_000 }),
    10 * MINUTE_MS,
  );
});
