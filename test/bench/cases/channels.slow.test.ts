import { expect, it } from '@jest/globals';
import { localLatency } from '../../../bench/cases/channels/local-latency.ts';
import { publishCost } from '../../../bench/cases/channels/publish-cost.ts';
import { runBench } from '../../../bench/run-bench.ts';

it('a route publishes with one message to the queue and no call of a table, and the local run delivers it', async () => {
  const [route, run] = await runBench([publishCost, localLatency], { quick: true, onProgress: () => {} });
  expect(route?.rows.map((row) => row.slice(0, 3))).toEqual([
    ['broadcast', '1', '0'],
    ['publish', '1', '0'],
  ]);
  expect(run?.rows.map(([name]) => name)).toEqual(['broadcast', 'publish']);
  for (const figure of [...(route?.figures ?? []), ...(run?.figures ?? [])]) expect(figure.value).toBeGreaterThan(0);
}, 180_000);
