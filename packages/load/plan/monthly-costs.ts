import type { FanOutProfile } from './fan-out-profile.ts';
import type { PlanQuestion } from './plan-options.ts';
import type { Figures } from './prices-and-quotas.ts';

/** The cost of one part in a month. */
export interface Cost {
  part: string;
  /** In `unit`, such as messages or GB-seconds. */
  amount: number;
  unit: string;
  dollars: number;
}

export interface MonthlyCosts {
  /** Costs of connections without messages. */
  idle: Cost[];
  /** Additional costs of broadcasts. */
  broadcasting: Cost[];
}

/** A long poll of a queue without records, in seconds. */
export const POLL_SECONDS = 20;

const MILLION = 1_000_000;
/** In bytes. */
export const GIGABYTE = 1_073_741_824;
/** A record is sent, received and deleted. */
const QUEUE_REQUESTS = 3;
/** $connect writes a row, and $disconnect deletes it. */
const ROW_WRITES = 2;

/**
 * Computes the costs of a month by part. It leaves out free tiers, because they end after a year, or are used up in
 * hours under such a load.
 */
export const monthlyCosts = (question: PlanQuestion, profile: FanOutProfile, figures: Figures): MonthlyCosts => ({
  idle: idleCosts(question, figures),
  broadcasting: broadcastingCosts(question, profile, figures),
});

const idleCosts = ({ connections, hours, rate }: PlanQuestion, figures: Figures): Cost[] => {
  const seconds = hours * 3_600;
  const minutes = (connections * seconds) / 60;
  const reconnects = (connections * seconds) / figures.connectionSeconds.value;
  // A delivery keeps a connection open as a ping does.
  const pings = rate * figures.idleSeconds.value >= 1 ? 0 : (connections * seconds) / figures.pingSeconds.value;
  const invocations = reconnects * 2;
  const gbSeconds =
    ((invocations + pings) * figures.connectBilledMs.value * figures.routeMemoryMb.value) / 1_000 / 1_024;
  const polls = (figures.pollers.value * seconds) / POLL_SECONDS;
  return [
    inMillions('Connection minutes', minutes, 'minutes', figures.connectionMinutePrice),
    messageCost('Pings of idle connections', pings, figures),
    inMillions('Pings: functions', pings, 'requests', figures.lambdaRequestPrice),
    inMillions('Reconnects: functions', invocations, 'requests', figures.lambdaRequestPrice),
    {
      part: 'Compute of both',
      amount: gbSeconds,
      unit: 'GB-seconds',
      dollars: gbSeconds * figures.lambdaGbSecondPrice.value,
    },
    inMillions('Reconnects: rows', reconnects * ROW_WRITES, 'write units', figures.writeUnitPrice),
    inMillions('Polling the queue', polls, 'requests', figures.queueRequestPrice),
  ];
};

const broadcastingCosts = (
  { connections, hours, rate, sizeBytes }: PlanQuestion,
  { postsPerSecond, targetSeconds }: FanOutProfile,
  figures: Figures,
): Cost[] => {
  const broadcasts = rate * hours * 3_600;
  const deliveries = broadcasts * connections;
  const metered = Math.ceil(sizeBytes / figures.meteredBytes.value);
  const segments = Math.ceil(
    Math.max(0, connections - postsPerSecond * targetSeconds) / figures.segmentConnections.value,
  );
  const postingGbSeconds = (deliveries / postsPerSecond) * (figures.fanOutMemoryMb.value / 1_024);
  const routeGbSeconds = (broadcasts * figures.routeBilledMs.value * figures.routeMemoryMb.value) / 1_000 / 1_024;
  const readUnits = scanReadUnits(connections, figures) * broadcasts;
  const transferGb = (deliveries * (sizeBytes + figures.frameBytes.value)) / GIGABYTE;
  const logGb = (broadcasts * (1 + segments) * figures.accountLogBytes.value) / GIGABYTE;
  return [
    messageCost('Messages', (deliveries + broadcasts) * metered, figures),
    { part: 'Transfer to clients', amount: transferGb, unit: 'GB', dollars: transferGb * figures.transferPrice.value },
    {
      part: 'Fan-out compute',
      amount: postingGbSeconds,
      unit: 'GB-seconds',
      dollars: postingGbSeconds * figures.lambdaGbSecondPrice.value,
    },
    {
      part: 'Route compute',
      amount: routeGbSeconds,
      unit: 'GB-seconds',
      dollars: routeGbSeconds * figures.lambdaGbSecondPrice.value,
    },
    inMillions('Functions', broadcasts * (2 + segments), 'requests', figures.lambdaRequestPrice),
    inMillions('Scans', readUnits, 'read units', figures.readUnitPrice),
    inMillions('Queue', broadcasts * QUEUE_REQUESTS * (1 + segments), 'requests', figures.queueRequestPrice),
    { part: 'Logs', amount: logGb, unit: 'GB', dollars: logGb * figures.logPrice.value },
  ];
};

/** Read request units of one strongly consistent scan. */
const scanReadUnits = (connections: number, figures: Figures): number =>
  Math.ceil((connections * figures.rowBytes.value) / figures.readUnitBytes.value);

/** The cost of pieces that are priced by the million. */
export const inMillions = (part: string, amount: number, unit: string, price: { value: number }): Cost => ({
  ...{ part, amount, unit },
  dollars: (amount / MILLION) * price.value,
});

/** The cost of WebSocket messages of 32 KB. */
export const messageCost = (part: string, messages: number, figures: Figures): Cost => {
  const low = Math.min(messages, figures.messageTier.value);
  const dollars = (low * figures.messagePrice.value + (messages - low) * figures.messagePriceAbove.value) / MILLION;
  return { part, amount: messages, unit: 'messages', dollars };
};
