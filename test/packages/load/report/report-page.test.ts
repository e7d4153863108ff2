import { describe, expect, it } from '@jest/globals';
import { reportPage } from '../../../../packages/load/report/page/report-page.ts';
import type { Report, ReportInterval } from '../../../../packages/load/report/report.ts';
import { aReport } from '../a-report.ts';

/** The values of each line of a plot, by the name of the line. */
const linesOf = (page: string, title: string): Record<string, (string | null)[]> => {
  const figure = page.split('<figure').find((part) => part.includes(`<h3>${title}</h3>`)) ?? '';
  const data = /data-plot="([^"]*)"/.exec(figure)?.[1]?.replaceAll('&quot;', '"') ?? '{"series":[]}';
  const { series } = JSON.parse(data) as { series: { name: string; values: (string | null)[] }[] };
  return Object.fromEntries(series.map(({ name, values }) => [name, values]));
};

/** Three seconds of sending, then the given intervals. */
const aReportThatSettles = (settling: Partial<ReportInterval>[], report: Partial<Report> = {}): Report => {
  const { intervals } = aReport();
  const quiet = { ...(intervals[0] as ReportInterval), sent: 0, deliveries: 0, latencyMs: null, lastClientMs: null };
  return aReport({
    intervals: [...intervals, ...settling.map((interval, index) => ({ ...quiet, second: 3 + index, ...interval }))],
    ...report,
  });
};

describe('reportPage', () => {
  it('does not load other files', () => {
    const page = reportPage(aReport(), aReport());
    expect(page).toContain('<h3>Latency</h3>');
    expect(page).not.toMatch(/(src|href)="(?!data:)/);
    expect(page).not.toMatch(/@import|url\(/);
  });

  it('escapes text that comes from the target', () => {
    const { totals } = aReport();
    const page = reportPage(aReport({ totals: { ...totals, errorFrames: { '<script>alert(1)</script>': 1 } } }));
    expect(page).not.toContain('<script>alert');
    expect(page).toContain('&lt;script&gt;alert(1)');
  });

  it('ends the line of messages with the last message, and of deliveries with the last delivery', () => {
    const page = reportPage(aReportThatSettles([{ deliveries: 5 }, {}, {}]));
    expect(linesOf(page, 'Messages sent a second')).toEqual({ sent: ['2', '2', '2', null, null, null] });
    expect(linesOf(page, 'Deliveries a second')).toMatchObject({
      deliveries: ['38', '38', '38', '5', null, null],
      duplicates: ['0', '0', '0', '0', null, null],
    });
    expect(page).toContain('class="settling" x="600" width="400"');
  });

  it('shows late messages, and the rate of an incomplete interval', () => {
    const late = reportPage(aReportThatSettles([{ sent: 4 }, {}]));
    expect(linesOf(late, 'Messages sent a second')).toEqual({ sent: ['2', '2', '2', '4', null] });
    const part = reportPage(aReport({ ended: { reason: 'interrupted', second: 2.5, detail: '' } }));
    expect(linesOf(part, 'Messages sent a second')).toEqual({ sent: ['2', '2', '4'] });
  });

  it('shows lines that go down to zero if the target died', () => {
    const ended = { reason: 'target died', second: 3, detail: 'gone' } as const;
    const page = reportPage(aReportThatSettles([{}, {}], { ended }));
    expect(linesOf(page, 'Messages sent a second')).toEqual({ sent: ['2', '2', '2', '0', '0'] });
    expect(linesOf(page, 'Deliveries a second').deliveries).toEqual(['38', '38', '38', '0', '0']);
    expect(page).not.toContain('class="settling"');
  });

  it('labels queues by their purpose', () => {
    const queue = { visible: 1, inFlight: 2, oldestAgeMs: 1_500 };
    const queues = {
      'MiddyFanout-production-ChatBroadcastsQueue63053F68': queue,
      'MiddyFanout-production-ChatBroadcastsDeadLetterQueue5186CD42': queue,
      orders: queue,
    };
    const page = reportPage(aReportThatSettles([{ queues }]));
    const depths = ['0', '0', '0', '3'];
    expect(linesOf(page, 'Queue depth')).toEqual({
      'broadcast queue': depths,
      'dead-letter queue': depths,
      'queue orders': depths,
    });
    expect(linesOf(page, 'Queue age')['broadcast queue']).toEqual(['0 ms', '0 ms', '0 ms', '1.50 s']);
    expect(page).not.toContain('63053F68');
  });

  it('labels two queues with the same purpose by their names', () => {
    const queue = { visible: 1, inFlight: 0, oldestAgeMs: 0 };
    const page = reportPage(aReportThatSettles([{ queues: { 'first-dlq': queue, 'second-dlq': queue } }]));
    expect(Object.keys(linesOf(page, 'Queue depth'))).toEqual(['queue first-dlq', 'queue second-dlq']);
  });

  it('does not show latencies if no message was delivered', () => {
    const { latencyMs } = aReport();
    const none = { ...latencyMs, count: 0 };
    const page = reportPage(
      aReport({
        intervals: aReport().intervals.map((interval) => ({ ...interval, latencyMs: null, lastClientMs: null })),
        histogram: { buckets: [], hdr: '' },
        ...{ latencyMs: none, lastClientMs: none },
      }),
    );
    for (const title of ['Latency', 'Time to the last client', 'Latency histogram'])
      expect(page).not.toContain(`<h3>${title}</h3>`);
    expect(page).toContain('<h3>Deliveries a second</h3>');
    expect(page).toMatch(/>none<\/b><span>latency p50/);
    expect(page).toMatch(/>none<\/b><span>last client, half/);
  });
});
