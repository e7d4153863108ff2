import { format } from '../text/format.ts';
import type { Distribution, Report } from './report.ts';

/** A line of the summary. `bad` marks a problem. */
export interface ReportFact {
  name: string;
  text: string;
  bad: boolean;
}

const { counts, duration, number, share } = format;

const percentiles = ({ count, p50, p95, p99, p999, max }: Distribution): string =>
  count === 0
    ? 'none'
    : [
        ['p50', p50] as const,
        ['p95', p95] as const,
        ['p99', p99] as const,
        ['p99.9', p999] as const,
        ['max', max] as const,
      ]
        .map(([name, value]) => `${name} ${duration(value)}`)
        .join('   ');

/** Makes the lines of the summary, for the terminal and the page. Lines without a value are left out. */
export const reportFacts = (report: Report): ReportFact[] => {
  const { totals, connections, slow, generator } = report;
  const fact = (name: string, text: string, bad = false): ReportFact => ({ name, text, bad });
  const some = (name: string, text: string): ReportFact[] => (text ? [fact(name, text, true)] : []);
  const times = (value: number, text: string): string => (value > 0 ? `${number(value)} ${text}` : '');
  return [
    fact(
      'Deliveries',
      `${number(totals.received)} of ${number(totals.expected)} expected, ${number(totals.deliveries - totals.received)} more to ${report.channels ? 'members that came later, or of publishes without an ack' : 'connections that opened or closed meanwhile'}`,
    ),
    fact('Lost', lostText(report), totals.lost > 0),
    fact('Duplicates', number(totals.duplicates), totals.duplicates > 0),
    // The messages of a channel have an order, and broadcasts have none.
    fact('Out of order', number(totals.outOfOrder), report.channels !== undefined && totals.outOfOrder > 0),
    fact('Latency', percentiles(report.latencyMs)),
    fact('First client', percentiles(report.firstClientMs)),
    fact('Last client', percentiles(report.lastClientMs)),
    fact(
      'Messages',
      `${number(totals.sent)} sent${totals.unsettled ? `, ${number(totals.unsettled)} sent too late to settle` : ''}`,
    ),
    ...channelFacts(report),
    ...some('Not sent', counts(totals.unsent)),
    ...some('Refused', times(totals.refused, 'messages were answered with an error frame and reached no client')),
    ...some('Cut off', times(totals.cutOff, 'messages reached no client because their sender lost its connection')),
    ...some('Error frames', counts(totals.errorFrames)),
    ...some('To the sender', times(totals.own, 'messages were delivered to their sender')),
    fact('Connections', connectionsText(report), connections.mostOpen < connections.wanted),
    fact('Handshake', percentiles(report.handshakeMs)),
    ...some('Handshakes failed', counts(connections.failed)),
    ...some('Closed by target', counts(prefixed(connections.closedByTarget, 'close code '))),
    ...(slow.expected > 0
      ? [fact('Slow connections', `${number(slow.lost)} of ${number(slow.expected)} lost`, slow.lost > 0)]
      : []),
    ...report.outages.map(({ fromSecond, toSecond }) =>
      fact(
        'Outage',
        `no connection from ${number(fromSecond)} s to ${toSecond === null ? 'the end' : `${number(toSecond)} s`}`,
        true,
      ),
    ),
    ...accountFact(report),
    fact(
      'Generator',
      `${share(generator.cpu)} of a core, at most ${duration(generator.behindMs)} behind schedule${generator.limited ? '; it limits the figures, not the target:' : ''}`,
      generator.limited,
    ),
    ...generator.findings.map((finding) => fact('', finding, generator.limited)),
  ];
};

const channelFacts = ({ channels, totals }: Report): ReportFact[] => {
  if (!channels) return [];
  const { acknowledged, gaps, repeatedFrames, earlyFrames } = channels;
  return [
    {
      name: 'Channels',
      text: `${number(channels.channels)} with ${number(channels.members)} members each, ${number(acknowledged)} publishes acknowledged`,
      bad: acknowledged < totals.sent,
    },
    { name: 'Gaps', text: number(gaps), bad: gaps > 0 },
    {
      name: 'Before the client',
      text: `${number(repeatedFrames)} frames repeated, ${number(earlyFrames)} early`,
      bad: false,
    },
  ];
};

/** The fan-out's counts. `delivered` also counts duplicates and posts to connections that closed meanwhile. */
const accountFact = ({ account }: Report): ReportFact[] => {
  const text = counts(Object.fromEntries(Object.entries(account).filter(([, count]) => count > 0)));
  return text ? [{ name: 'Fan-out says', text, bad: (account.undelivered ?? 0) > 0 }] : [];
};

const lostText = ({ totals, lossyMessages }: Report): string => {
  if (totals.lost === 0) return '0';
  const entirely = totals.lostEntirely ? `, ${number(totals.lostEntirely)} messages reached no client` : '';
  return `${number(totals.lost)} (${share(totals.lost / totals.expected)}) of ${lossyMessages.length === 100 ? 'over 100' : lossyMessages.length} messages${entirely}`;
};

const connectionsText = ({ connections: { wanted, mostOpen, opened, killed, rampMs } }: Report): string =>
  `at most ${number(mostOpen)} of ${number(wanted)} open, ${number(opened)} opened, ${number(killed)} killed by churn, ramp ${duration(rampMs)}`;

const prefixed = (counts: Record<string, number>, prefix: string): Record<string, number> =>
  Object.fromEntries(Object.entries(counts).map(([key, value]) => [prefix + key, value]));

/** Why a run ended early: `The target died at 12.3 s: …`. Empty if it did not. */
export const endingLine = ({ ended: { reason, second, detail } }: Report): string => {
  if (reason === 'finished') return '';
  return `${ENDINGS[reason]} at ${format.duration(second * 1_000)}: ${detail}. The figures below end there.`;
};

/** The start of the sentence on an early end, by reason. */
export const ENDINGS = {
  interrupted: 'Interrupted',
  'target died': 'The target died',
  'generator died': 'A generator process died',
} as const;

/** Formats a prediction: name, predicted value, measured value and difference. */
export const predictionRow = ({
  name,
  unit,
  predicted,
  measured,
}: Report['predictions'][number]): [string, string, string, string] => {
  const shown = (value: number): string =>
    unit === 'ms' ? format.duration(value) : `${format.number(value)} ${unit}`.trim();
  const difference =
    predicted === 0 ? '' : `${measured >= predicted ? '+' : ''}${Math.round((measured / predicted - 1) * 100)} %`;
  return [name, shown(predicted), shown(measured), difference];
};

/** Describes the workload in one line: `1,000 connections, 5/s of 200 B for 30 s`. */
export const workloadLine = ({ workload, connections }: Report): string => {
  const { phases, sizeBytes, slowShare, processes } = workload;
  const { number, duration, bytes, share } = format;
  const rates = phases.flatMap(({ rateFrom, rateTo }) => [rateFrom, rateTo]);
  const [low, high] = [Math.min(...rates), Math.max(...rates)];
  const rate = low === high ? `${number(low)}/s` : `${number(low)} to ${number(high)}/s`;
  const churn = Math.max(...phases.map(({ churnPerSecond }) => churnPerSecond));
  return [
    `${number(connections.wanted)} connections`,
    `${rate} of ${bytes(sizeBytes)} for ${duration(phases.reduce((sum, { durationMs }) => sum + durationMs, 0))}`,
    ...(phases.length > 1 ? [`${phases.length} phases`] : []),
    ...(churn > 0 ? [`churn up to ${share(churn)}/s`] : []),
    ...(slowShare > 0 ? [`${share(slowShare)} slow`] : []),
    ...(processes > 1 ? [`${processes} generator processes`] : []),
  ].join(', ');
};
