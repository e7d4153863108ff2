import fc from 'fast-check';
import { fanOutBatch } from '../../../fan-out/fan-out-batch.ts';
import { normalizeRow } from '../../../schemas/connections/connection-row.ts';
import { readBroadcast } from '../../../schemas/read-broadcast.ts';
import { brokenPromises } from './broken-promises.ts';
import { scenario } from './scenario.ts';
import { simulate } from './simulate.ts';

export const keepsItsPromises = fc.asyncProperty(scenario, async (chosen) => {
  const broken = brokenPromises(await simulate(chosen, { fanOutBatch, normalizeRow, readBroadcast }));
  if (broken.length > 0) throw new Error(broken.join('\n'));
});
