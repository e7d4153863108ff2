import type { PostOutcome } from '../aws/connection-poster.ts';
import type { Services } from '../aws/services.ts';
import type { BroadcastAccount } from '../schemas/broadcast-account.ts';
import type { ConnectionRow } from '../schemas/connection-row.ts';
import type { DeadLetterReason } from '../schemas/dead-letter.ts';
import { CONNECTING_SECONDS } from '../schemas/quotas.ts';
import type { ReceivedBroadcast } from './received-broadcast.ts';
import { systemTimekeeper, type Timekeeper } from './timekeeper.ts';

export interface FanOutOptions {
  /** Most posts a second of this function. */
  postsPerSecond: number;
  /** Epoch milliseconds when the function is ended. */
  endsAt: number;
  /** How long this function posts before it hands the rest over, in milliseconds. Default 5000. */
  targetMs?: number;
  timekeeper?: Timekeeper;
}

export interface FanOutResult {
  /** Message ids that SQS has to deliver again. */
  failed: readonly string[];
  /** One for each record. */
  accounts: readonly BroadcastAccount[];
}

const IN_FLIGHT = 256;
const MAX_ATTEMPTS = 10;

type Deferred = Map<string, number>;
interface Delivery extends ReceivedBroadcast {
  account: BroadcastAccount;
  deferred: Deferred;
  dead: Map<DeadLetterReason, Deferred>;
}

/** Posts each broadcast to its connections. Never rejects: what could not be done is in the result. */
export const fanOutBatch = async (
  received: readonly ReceivedBroadcast[],
  services: Pick<Services, 'connections' | 'queue' | 'poster'>,
  { timekeeper = systemTimekeeper }: FanOutOptions,
): Promise<FanOutResult> => {
  const deliveries = received.map(openDelivery).sort((a, b) => a.broadcast.sentAt - b.broadcast.sentAt);
  const work = new Map<string, { connectedAt: number; deliveries: Delivery[] }>();
  const add = (connectionId: string, connectedAt: number, delivery: Delivery) => {
    const found = work.get(connectionId);
    if (found) found.deliveries.push(delivery);
    else work.set(connectionId, { connectedAt, deliveries: [delivery] });
  };
  const scanFailed = new Set<Delivery>();
  try {
    const rows = deliveries.some(({ broadcast }) => !broadcast.connections) ? await scan(services) : [];
    for (const delivery of deliveries) {
      if (delivery.broadcast.connections) {
        for (const [id, connectedAt] of Object.entries(delivery.broadcast.connections)) {
          delivery.account.carried++;
          add(id, connectedAt, delivery);
        }
      } else {
        for (const row of rows) {
          delivery.account.scanned++;
          if (row.ttl * 1_000 <= timekeeper.now()) delivery.account.expired++;
          else add(row.connectionId, row.connectedAt, delivery);
        }
      }
    }
  } catch {
    for (const delivery of deliveries) if (!delivery.broadcast.connections) scanFailed.add(delivery);
  }
  const stale: string[] = [];
  const connections = work.entries();
  const postAll = async () => {
    for (const [connectionId, { connectedAt, deliveries }] of connections) {
      await postInOrder(connectionId, connectedAt, deliveries, services, timekeeper, stale);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, postAll));
  if (stale.length > 0) await services.connections.deleteMany(stale).catch(() => stale);
  await Promise.all(deliveries.map((delivery) => handOver(delivery, services, timekeeper)));
  for (const delivery of scanFailed) delivery.account.failed = true;
  const accounts = deliveries.map(({ account }) => account);
  return { failed: accounts.filter(({ failed }) => failed).map(({ messageId }) => messageId), accounts };
};

const openDelivery = (received: ReceivedBroadcast): Delivery => ({
  ...received,
  deferred: new Map(),
  dead: new Map(),
  account: {
    id: received.broadcast.id,
    messageId: received.messageId,
    attempts: received.broadcast.attempts,
    receiveCount: received.receiveCount,
    scanned: 0,
    carried: 0,
    delivered: 0,
    stale: 0,
    excluded: 0,
    expired: 0,
    deferred: 0,
    undelivered: 0,
    posts: 0,
    unknown: 0,
    throttled: 0,
    sentAt: received.broadcast.sentAt,
    scanHandedOver: false,
    failed: false,
  },
});

const scan = async ({ connections }: Pick<Services, 'connections'>): Promise<ConnectionRow[]> => {
  const rows: ConnectionRow[] = [];
  let cursor: string | undefined;
  do {
    const page = await connections.scanPage(cursor);
    for (const row of page.rows) rows.push(row);
    cursor = page.cursor;
  } while (cursor !== undefined);
  return rows;
};

const REASONS: Partial<Record<PostOutcome, DeadLetterReason>> = {
  gone: 'connecting',
  throttled: 'slow',
  forbidden: 'forbidden',
};

const postInOrder = async (
  connectionId: string,
  connectedAt: number,
  deliveries: readonly Delivery[],
  { poster }: Pick<Services, 'poster'>,
  timekeeper: Timekeeper,
  stale: string[],
): Promise<void> => {
  let isStale = false;
  for (const { broadcast, account, deferred, dead } of deliveries) {
    const now = timekeeper.now();
    if (broadcast.except === connectionId) account.excluded++;
    else if (broadcast.expiresAt <= now) account.expired++;
    else if (isStale) account.stale++;
    else {
      account.posts++;
      const { outcome } = await poster.post(connectionId, broadcast.data);
      if (outcome === 'unknown') account.unknown++;
      if (outcome === 'throttled') account.throttled++;
      if (outcome === 'delivered') {
        account.delivered++;
        account.lastDeliveredAt = timekeeper.now();
        account.firstDeliveredAt ??= account.lastDeliveredAt;
      } else if (outcome === 'gone' && now - connectedAt * 1_000 >= CONNECTING_SECONDS * 1_000) {
        isStale = true;
        account.stale++;
        stale.push(connectionId);
      } else if (outcome === 'too-large' || broadcast.attempts + 1 >= MAX_ATTEMPTS) {
        const reason = outcome === 'too-large' ? outcome : (REASONS[outcome] ?? 'failed');
        account.undelivered++;
        dead.set(reason, (dead.get(reason) ?? new Map()).set(connectionId, connectedAt));
      } else {
        account.deferred++;
        deferred.set(connectionId, connectedAt);
      }
    }
  }
};

const handOver = async (
  { broadcast, deferred, dead, account }: Delivery,
  { queue }: Pick<Services, 'queue'>,
  timekeeper: Timekeeper,
): Promise<void> => {
  try {
    const { cursor: _, ...rest } = broadcast;
    if (deferred.size > 0) {
      const connections = Object.fromEntries(deferred);
      const attempts = broadcast.attempts + 1;
      await queue.send({ ...rest, connections, attempts }, { delaySeconds: Math.min(2 ** attempts, 60) });
    }
    for (const [reason, connections] of dead) {
      const record = JSON.stringify({ ...rest, connections: Object.fromEntries(connections), attempts: 0 });
      await queue.deadLetter({ v: 1, reason, diedAt: timekeeper.now(), record });
    }
  } catch {
    account.failed = true;
  }
};
