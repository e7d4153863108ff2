import fc from 'fast-check';
import { fanOutBatch } from '../../../fan-out/fan-out-batch.ts';
import { normalizeRow } from '../../../schemas/connection-row.ts';
import { readBroadcast } from '../../../schemas/read-broadcast.ts';
import { brokenPromises } from './broken-promises.ts';
import { scenario } from './scenario.ts';
import { simulate } from './simulate.ts';

export const keepsItsPromises = fc.asyncProperty(scenario, async (what) => {
  const broken = brokenPromises(await simulate(what, { fanOutBatch, normalizeRow, readBroadcast }));
  if (broken.length > 0) throw new Error(broken.join('\n'));
});
