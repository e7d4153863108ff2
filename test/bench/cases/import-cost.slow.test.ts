import { expect, it } from '@jest/globals';
import { importCost } from '../../../bench/cases/import-cost.ts';
import { judgeFigure } from '../../../bench/report.ts';
import { runBench } from '../../../bench/run-bench.ts';

it('every function imports faster than lib-dynamodb alone', async () => {
  const [report] = await runBench([importCost], { quick: true, onProgress: () => {} });
  const imported = report?.rows.map(([name]) => name);
  expect(imported).toEqual(['connect', 'default', 'disconnect', 'fan-out', 'send-message', 'lib-dynamodb alone']);
  expect(report?.figures.filter((figure) => judgeFigure(figure) === 'missed')).toEqual([]);
}, 120_000);
