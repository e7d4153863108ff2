import { type Cost, GIGABYTE, inMillions, messageCost, POLL_SECONDS } from '../monthly-costs.ts';
import type { ChannelQuestion } from '../plan-options.ts';
import type { Figures } from '../prices-and-quotas.ts';
import { idleMonthUsage, publishUsage, times, type Usage } from './channel-costs.ts';
import { batchAtRate, channelBatchAtRate } from './channel-limits.ts';

export interface ChannelCosts {
  /** Costs of connections without messages, which sync and replace each other. */
  idle: Cost[];
  /** Additional costs of messages. */
  publishing: Cost[];
}

/** `$connect`, `sync` and `$disconnect` of a connection that replaces another. */
const ROUTES_OF_REPLACEMENT = 3;
/** A look, and the end of a connection, call the table about four times. */
const CALLS_OF_LOOK = 4;

/** Computes the costs of a month by part, without free tiers and the storage of the history. */
export const channelMonthlyCosts = (question: ChannelQuestion, figures: Figures): ChannelCosts => ({
  idle: idleCosts(question, figures),
  publishing: publishingCosts(question, figures),
});

/** The use of a month by the connections. */
export const idleUsage = ({ channels, members, connections, hours }: ChannelQuestion, figures: Figures): Usage =>
  idleMonthUsage({ connections, channels: (channels * members) / connections, hours }, figures);

/** The use of one publish. Messages of a channel share a batch only if the channel is too busy for anything else. */
export const messageUsage = (question: ChannelQuestion, figures: Figures): Usage => {
  const { members, sizeBytes } = question;
  const batch = channelBatchAtRate(question, figures).records;
  const alone = publishUsage({ by: 'client', history: true, members, sizeBytes, batch }, figures);
  const segments = segmentsOf(question, figures);
  // A segment is sent, received and deleted.
  return {
    ...alone,
    queueRequests: alone.queueRequests + 3 * segments,
    invocations: alone.invocations + segments,
  };
};

/** Segments of one message, with the connections that the channels' function has no time for. */
export const segmentsOf = (question: ChannelQuestion, figures: Figures): number => {
  const { records, handedOver } = batchAtRate(question, figures);
  return Math.ceil(handedOver / records / figures.segmentConnections.value);
};

const idleCosts = (question: ChannelQuestion, figures: Figures): Cost[] => {
  const { connections, hours } = question;
  const seconds = hours * 3_600;
  const used = idleUsage(question, figures);
  const syncs = (connections * seconds) / figures.syncSeconds.value;
  const replacements = (connections * seconds) / figures.connectionSeconds.value;
  const routes = syncs + ROUTES_OF_REPLACEMENT * replacements;
  const lookMs = CALLS_OF_LOOK * figures.tableCallMs.value;
  const polls = (figures.pollers.value * seconds) / POLL_SECONDS;
  return [
    inMillions('Connection minutes', used.connectionMinutes, 'minutes', figures.connectionMinutePrice),
    ...costsOf({ ...used, connectionMinutes: 0 }, figures),
    computeCost(
      'Compute',
      gbSeconds(routes, figures.connectBilledMs.value, figures.routeMemoryMb.value) +
        gbSeconds(used.invocations - routes, lookMs, figures.fanOutMemoryMb.value),
      figures,
    ),
    inMillions('Polling the channel queue', polls, 'requests', figures.fifoRequestPrice),
    inMillions('Polling the broadcast queue', polls, 'requests', figures.queueRequestPrice),
  ];
};

const publishingCosts = (question: ChannelQuestion, figures: Figures): Cost[] => {
  const { members, rate, sizeBytes, hours } = question;
  const publishes = rate * hours * 3_600;
  const deliveries = publishes * members;
  const { records, durationMs } = batchAtRate(question, figures);
  const frameBytes = sizeBytes + figures.channelFrameBytes.value + figures.frameBytes.value;
  const transferGb = (deliveries * frameBytes) / GIGABYTE;
  const logGb = (publishes * (1 + segmentsOf(question, figures)) * figures.accountLogBytes.value) / GIGABYTE;
  return [
    ...costsOf(times(publishes, messageUsage(question, figures)), figures),
    computeCost(
      'Route compute',
      gbSeconds(publishes, figures.routeBilledMs.value, figures.routeMemoryMb.value),
      figures,
    ),
    computeCost('Fan-out compute', gbSeconds(publishes / records, durationMs, figures.fanOutMemoryMb.value), figures),
    { part: 'Transfer to clients', amount: transferGb, unit: 'GB', dollars: transferGb * figures.transferPrice.value },
    { part: 'Logs', amount: logGb, unit: 'GB', dollars: logGb * figures.logPrice.value },
  ];
};

const costsOf = (used: Usage, figures: Figures): Cost[] => [
  messageCost('Messages', used.messages, figures),
  inMillions('Table: writes', used.writeUnits, 'write units', figures.writeUnitPrice),
  inMillions('Table: reads', used.readUnits, 'read units', figures.readUnitPrice),
  inMillions('Channel queue', used.fifoRequests, 'requests', figures.fifoRequestPrice),
  inMillions('Broadcast queue', used.queueRequests, 'requests', figures.queueRequestPrice),
  inMillions('Functions', used.invocations, 'requests', figures.lambdaRequestPrice),
];

const gbSeconds = (invocations: number, ms: number, memoryMb: number): number =>
  (invocations * ms * memoryMb) / 1_000 / 1_024;

const computeCost = (part: string, amount: number, { lambdaGbSecondPrice }: Figures): Cost => ({
  ...{ part, amount, unit: 'GB-seconds' },
  dollars: amount * lambdaGbSecondPrice.value,
});
