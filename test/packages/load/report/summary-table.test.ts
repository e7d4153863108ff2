import { expect, it } from '@jest/globals';
import { summaryTable } from '../../../../packages/load/report/summary-table.ts';
import { aReport } from '../a-report.ts';
import { aPhase } from '../a-workload.ts';

it('shows the workload, the losses and the measurements', () => {
  const text = summaryTable(aReport());
  expect(text).toContain('wss://example.com/production: 20 connections, 2/s of 64 B for 3.00 s');
  expect(text).toMatch(/ {3}Deliveries +114 of 114 expected/);
  expect(text).toMatch(/ {3}Lost +0/);
  expect(text).toMatch(/ {3}Connections +at most 20 of 20 open/);
  expect(text).toMatch(/ {3}Latency +p50 20 ms {3}p95 40 ms/);
});

it('shows the range of the rates and every unusual setting of the workload', () => {
  const phases = [
    aPhase({ durationMs: 2_000, rateFrom: 2, rateTo: 5, churnPerSecond: 0.1 }),
    aPhase({ durationMs: 3_000, rateFrom: 5, rateTo: 5 }),
  ];
  const { workload } = aReport();
  const text = summaryTable(aReport({ workload: { ...workload, phases, slowShare: 0.25, processes: 2 } }));
  expect(text).toContain(
    '20 connections, 2 to 5/s of 64 B for 5.00 s, 2 phases, churn up to 10 %/s, 25 % slow, 2 generator processes',
  );
});

it('marks problems', () => {
  const { totals, connections } = aReport();
  const text = summaryTable(
    aReport({
      totals: {
        ...totals,
        lost: 1,
        received: 113,
        errorFrames: { MESSAGE_INVALID: 2 },
        unsent: { 'no open connection': 4 },
      },
      connections: { ...connections, failed: { 'HTTP 403': 3 }, closedByTarget: { 1006: 2 } },
      lossyMessages: [{ message: 4, second: 1, expected: 19, lost: 1 }],
      outages: [{ fromSecond: 1, toSecond: null }],
      ended: { reason: 'target died', second: 1.2, detail: 'its process ended (SIGKILL)' },
    }),
  );
  for (const line of [
    'The target died at 1.20 s: its process ended (SIGKILL).',
    /! {2}Lost +1 \(0\.877 %\) of 1 messages/,
    /! {2}Error frames +2 × MESSAGE_INVALID/,
    /! {2}Not sent +4 × no open connection/,
    /! {2}Handshakes failed +3 × HTTP 403/,
    /! {2}Closed by target +2 × close code 1006/,
    /! {2}Outage +no connection from 1 s to the end/,
  ])
    expect(text).toMatch(line);
});

it('shows the comparison with an older run, and the settings that differ', () => {
  const old = aReport({ workload: { ...aReport().workload, sizeBytes: 500 } });
  const text = summaryTable(aReport(), old);
  expect(text).toMatch(/Compared +before +now +change/);
  expect(text).toContain('! The runs differ in sizeBytes.');
});
