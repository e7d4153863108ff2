import type { Report } from './report.ts';

/** A figure of a report that can be compared and bounded. */
export interface ReportMetric {
  label: string;
  unit: 'ms' | '';
  /** The worse direction. `none`: neither is worse. */
  worse: 'higher' | 'lower' | 'none';
  read(report: Report): number;
}

const sumOf = (counts: Record<string, number>): number => Object.values(counts).reduce((sum, count) => sum + count, 0);

const count = (label: string, worse: ReportMetric['worse'], read: ReportMetric['read']): ReportMetric => ({
  label,
  unit: '',
  worse,
  read,
});
const duration = (label: string, read: ReportMetric['read']): ReportMetric => ({
  label,
  unit: 'ms',
  worse: 'higher',
  read,
});

/** By the names of `--fail-on`. */
export const REPORT_METRICS = {
  lost: count('Lost deliveries', 'higher', ({ totals }) => totals.lost),
  lostEntirely: count('Messages that reached no client', 'higher', ({ totals }) => totals.lostEntirely),
  duplicates: count('Duplicate deliveries', 'higher', ({ totals }) => totals.duplicates),
  outOfOrder: count('Deliveries out of order', 'higher', ({ totals }) => totals.outOfOrder),
  own: count('Messages delivered to their sender', 'higher', ({ totals }) => totals.own),
  refused: count('Refused messages', 'higher', ({ totals }) => totals.refused),
  cutOff: count('Messages cut off with their sender', 'higher', ({ totals }) => totals.cutOff),
  unsent: count('Messages that could not be sent', 'higher', ({ totals }) => sumOf(totals.unsent)),
  unacknowledged: count('Publishes without an ack', 'higher', ({ totals, channels }) =>
    channels ? totals.sent - channels.acknowledged : 0,
  ),
  gaps: count('Gaps', 'higher', ({ channels }) => channels?.gaps ?? 0),
  errorFrames: count('Error frames', 'higher', ({ totals }) => sumOf(totals.errorFrames)),
  connectFailures: count('Failed handshakes', 'higher', ({ connections }) => sumOf(connections.failed)),
  closed: count('Connections closed by the target', 'higher', ({ connections }) => sumOf(connections.closedByTarget)),
  sent: count('Messages sent', 'none', ({ totals }) => totals.sent),
  deliveries: count('Deliveries', 'lower', ({ totals }) => totals.deliveries),
  p50: duration('Latency p50', ({ latencyMs }) => latencyMs.p50),
  p95: duration('Latency p95', ({ latencyMs }) => latencyMs.p95),
  p99: duration('Latency p99', ({ latencyMs }) => latencyMs.p99),
  p999: duration('Latency p99.9', ({ latencyMs }) => latencyMs.p999),
  max: duration('Latency max', ({ latencyMs }) => latencyMs.max),
  firstClientP50: duration('First client p50', ({ firstClientMs }) => firstClientMs.p50),
  lastClientP50: duration('Last client p50', ({ lastClientMs }) => lastClientMs.p50),
  lastClientP99: duration('Last client p99', ({ lastClientMs }) => lastClientMs.p99),
  handshakeP99: duration('Handshake p99', ({ handshakeMs }) => handshakeMs.p99),
} as const satisfies Record<string, ReportMetric>;

export type ReportMetricName = keyof typeof REPORT_METRICS;
