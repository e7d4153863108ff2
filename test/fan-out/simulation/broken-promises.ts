import { isDeepStrictEqual } from 'node:util';
import type { BroadcastAccount } from '../../../schemas/broadcast-account.ts';
import type { Broadcast, BroadcastRecord } from '../../../schemas/broadcast-record.ts';
import type { DeadLetter } from '../../../schemas/dead-letter.ts';
import { CONNECTING_SECONDS } from '../../../schemas/quotas.ts';
import type {
  SimulatedConnection,
  SimulatedHandOver,
  SimulatedInvocation,
  SimulatedPost,
  Simulation,
} from './simulate.ts';

/** Describes every promise of the fan-out that the run has broken. A correct run returns an empty list. */
export const brokenPromises = (simulation: Simulation): string[] => [
  ...undrained(simulation),
  ...lost(simulation),
  ...repeated(simulation),
  ...deletedAlive(simulation),
  ...unbalanced(simulation),
  ...disordered(simulation),
  ...postedNeedlessly(simulation),
  ...postedPastTokens(simulation),
  ...wronglyDead(simulation),
  ...failedNeedlessly(simulation),
  ...begunWithoutTime(simulation),
  ...rejected(simulation),
];

const undrained = ({ drained, invocations }: Simulation): string[] =>
  drained ? [] : [`the queue has not drained after ${invocations.length} invocations`];

/** Rule 5: a connection that is present throughout is not lost, unless the broadcast expires or is dead-lettered. */
const lost = (simulation: Simulation): string[] => {
  const { broadcasts, connections, posts } = simulation;
  const arrived = new Set(posts.filter((post) => post.arrived).map(pairOf));
  return broadcasts.flatMap((broadcast) => {
    if (workedOnAfterExpiry(simulation, broadcast)) return [];
    const dead = deadConnections(simulation, broadcast.id);
    return connections
      .filter(
        (connection) => isPresentThroughout(connection, broadcast) && connection.connectionId !== broadcast.except,
      )
      .filter(({ connectionId }) => !arrived.has(pair(broadcast.id, connectionId)) && !dead(connectionId))
      .map(({ connectionId }) => `${connectionId} has not received ${broadcast.id}`);
  });
};

const isPresentThroughout = (connection: SimulatedConnection, { sentAt }: Broadcast): boolean =>
  connection.from < sentAt && connection.leavesAt > 1e9 && connection.expiresAt > 1e9 && !connection.malformed;

const workedOnAfterExpiry = ({ messages, invocations, posts, endedAt }: Simulation, broadcast: Broadcast): boolean => {
  const ended = invocations.some(
    ({ accounts }) =>
      accounts.some(({ id, expired }) => id === broadcast.id && expired > 0) && endedAt >= broadcast.expiresAt,
  );
  const late = [...messages.values()].some(
    ({ record, visibleAt }) => record.id === broadcast.id && visibleAt >= broadcast.expiresAt,
  );
  return (
    ended ||
    late ||
    posts.some(({ broadcastId, endedAt: at }) => broadcastId === broadcast.id && at >= broadcast.expiresAt)
  );
};

const deadConnections = ({ deadLetters }: Simulation, broadcastId: string): ((connectionId: string) => boolean) => {
  const records = deadLetters
    .map(({ record }) => JSON.parse(record) as Broadcast)
    .filter(({ id }) => id === broadcastId);
  return (connectionId) =>
    records.some(({ connections, cursor }) =>
      connections ? connectionId in connections : cursor === undefined || connectionId > cursor,
    );
};

/**
 * Rule 5: a post is repeated only after a post without an answer, or if the record or its origin was received again.
 */
const repeated = ({ posts, messages, invocations }: Simulation): string[] => {
  const receivedAgain = (messageId: string, broadcastId: string): boolean => {
    const message = messages.get(messageId);
    if (!message || message.record.id !== broadcastId) return false;
    return message.received > 1 || message.parents.some((parent) => receivedAgain(parent, broadcastId));
  };
  return [...Map.groupBy(posts, pairOf)].flatMap(([postName, attempts]) => {
    const arrivals = attempts.filter(({ arrived }) => arrived).length;
    const unanswered = attempts.filter(({ outcome, arrived }) => outcome !== 'delivered' && arrived).length;
    if (arrivals <= 1 + unanswered) return [];
    const again = attempts.some(({ invocation, broadcastId }) =>
      (invocations[invocation] as SimulatedInvocation).messageIds.some((id) => receivedAgain(id, broadcastId)),
    );
    return again ? [] : [`${postName} was delivered ${arrivals} times, although no record was received twice`];
  });
};

const deletedAlive = ({ deletions, connections, startedAt }: Simulation): string[] =>
  deletions
    .filter(({ connectionId, at }) => {
      const connection = connections.find((candidate) => candidate.connectionId === connectionId);
      if (!connection || connection.malformed) return false;
      return at < startedAt + connection.leavesAt && at < connection.from + 1e9;
    })
    .map(({ connectionId, at }) => `the row of ${connectionId} was deleted at ${at} although it is connected`)
    .concat(
      deletions
        .filter(({ connectionId, at }) => {
          const connection = connections.find((candidate) => candidate.connectionId === connectionId);
          return (
            connection &&
            connection.row !== 'negative' &&
            at < Math.floor(connection.from / 1_000) * 1_000 + CONNECTING_SECONDS * 1_000
          );
        })
        .map(({ connectionId }) => `the row of ${connectionId} was deleted while it may have been connecting`),
    );

/** Accounts add up, and agree with the posts and hand-overs of the run. */
const unbalanced = (simulation: Simulation): string[] =>
  simulation.invocations.flatMap((invocation) => [
    ...invocation.accounts.filter((account) => through(account) !== account.scanned + account.carried).map(unequal),
    ...disagreements(invocation, simulation.posts),
  ]);

const through = ({ delivered, stale, excluded, expired, deferred, undelivered }: BroadcastAccount): number =>
  delivered + stale + excluded + expired + deferred + undelivered;

const unequal = (account: BroadcastAccount): string => `does not add up: ${JSON.stringify(account)}`;

const disagreements = ({ number, accounts, sent }: SimulatedInvocation, posts: readonly SimulatedPost[]): string[] =>
  [...Map.groupBy(accounts, ({ id }) => id)].flatMap(([id, ofOneBroadcast]) => {
    const made = posts.filter((post) => post.invocation === number && post.broadcastId === id);
    const sum = (count: 'delivered' | 'posts' | 'unknown' | 'throttled' | 'deferred' | 'undelivered'): number =>
      ofOneBroadcast.reduce((total, account) => total + account[count], 0);
    const ended = (outcome: string): number => made.filter((post) => post.outcome === outcome).length;
    const facts: Fact[] = [
      ['delivered', sum('delivered'), [ended('delivered')]],
      ['throttled', sum('throttled'), [ended('throttled')]],
      ['unknown', sum('unknown'), [ended('unknown') + ended('killed')]],
      ['posts', sum('posts'), [made.length]],
    ];
    if (!ofOneBroadcast.some(({ failed }) => failed)) {
      const handOvers = sent.filter(({ record }) => record.id === id);
      facts.push(['deferred', sum('deferred'), handedOver('queue', handOvers)]);
      facts.push(['undelivered', sum('undelivered'), handedOver('dead-letter', handOvers)]);
    }
    return facts
      .filter(([, accounted, [most, least = most]]) => accounted > most || accounted < least)
      .map(([count, accounted, seen]) => `${id} in invocation ${number}: ${count} ${accounted}, but ${seen} were seen`);
  });

/** A count of an account, and the number that was seen: exact, or an upper and a lower bound. */
type Fact = [count: string, accounted: number, seen: [most: number, least?: number]];

/** Connections that a queue took: all of them, and the part that the account must count. */
const handedOver = (to: SimulatedHandOver['to'], sent: readonly SimulatedHandOver[]): [number, number] => {
  const size = (handOvers: readonly SimulatedHandOver[]): number =>
    handOvers.reduce((total, { record }) => total + Object.keys(record.connections ?? {}).length, 0);
  const taken = sent.filter((handOver) => handOver.to === to);
  return [size(taken), size(taken.filter((handOver) => !isInDoubt(handOver, sent)))];
};

/** Whether the other queue was asked too, because this queue had not confirmed in time. */
const isInDoubt = (
  { to, record, askedAt, answeredAt }: SimulatedHandOver,
  sent: readonly SimulatedHandOver[],
): boolean =>
  sent.some(
    (other) =>
      other.to !== to &&
      askedAt <= other.askedAt &&
      other.askedAt < answeredAt &&
      isDeepStrictEqual(other.record.connections, record.connections),
  );

/** Rule 1: a function posts to a connection one message at a time, older broadcasts first. */
const disordered = ({ posts, broadcasts, messages, invocations }: Simulation): string[] => {
  const sentAt = new Map(broadcasts.map(({ id, sentAt: at }) => [id, at]));
  const ofOneFunction = Map.groupBy(posts, ({ invocation, connectionId }) => `${invocation} ${connectionId}`);
  return [...ofOneFunction.values()].flatMap((inTurn) =>
    inTurn.flatMap((post, index) => {
      const before = inTurn[index - 1];
      if (!before) return [];
      const place = `in invocation ${post.invocation}, ${post.connectionId}`;
      if (before.endedAt > post.at) return [`${place} was posted two messages at the same time`];
      const { messageIds } = invocations[post.invocation] as SimulatedInvocation;
      const kinds = new Set(messageIds.map((id) => kindOf(messages.get(id)?.record)));
      if (kinds.size > 1) return []; // a scan and a segment of one batch may share a connection
      return (sentAt.get(before.broadcastId) ?? 0) > (sentAt.get(post.broadcastId) ?? 0)
        ? [`${place} was posted ${post.broadcastId} after ${before.broadcastId}`]
        : [];
    }),
  );
};

const kindOf = (record: BroadcastRecord | undefined): string =>
  record?.connections ? 'segment' : (record?.cursor ?? 'new');

/** A broadcast is not posted to its sender, or after it has expired. */
const postedNeedlessly = ({ posts, broadcasts }: Simulation): string[] =>
  posts.flatMap(({ broadcastId, connectionId, at }) => {
    const { except, expiresAt } = broadcasts.find(({ id }) => id === broadcastId) as Broadcast;
    if (connectionId === except) return [`${broadcastId} was posted to its sender`];
    return at >= expiresAt ? [`${broadcastId} was posted after it had expired`] : [];
  });

/** A connection whose token has expired receives no post, whether a scan or a segment found it. */
const postedPastTokens = ({ posts, connections }: Simulation): string[] =>
  posts
    .filter(
      ({ connectionId, at }) => at >= (connections.find((other) => other.connectionId === connectionId)?.until ?? 0),
    )
    .map(({ broadcastId, connectionId }) => `${broadcastId} was posted to ${connectionId} after its token had expired`);

/** Temporary faults leave no dead letters behind. */
const wronglyDead = (simulation: Simulation): string[] =>
  simulation.deadLetters.flatMap((letter) => {
    const { connections = {}, id } = JSON.parse(letter.record) as BroadcastRecord;
    const all = Object.keys(connections);
    if (mayDie(letter, id ?? '', all, simulation)) return [];
    return [`${id} is dead (${letter.reason}) for ${all.join(', ') || 'the rest of its scan'}`];
  });

const mayDie = (
  { reason, diedAt }: DeadLetter,
  broadcastId: string,
  connectionIds: readonly string[],
  { connections, broadcasts, invocations, tooLarge }: Simulation,
): boolean => {
  const allAre = (is: (connection: SimulatedConnection) => boolean): boolean =>
    connections.filter(({ connectionId }) => connectionIds.includes(connectionId)).every(is);
  switch (reason) {
    case 'too-large':
      return tooLarge.has(broadcastId) || allAre(({ narrow }) => narrow) || narrowOnes(connections) > 1;
    case 'slow':
      return allAre(({ slowUntil }) => slowUntil > 1e9);
    case 'refused':
      return invocations.some(({ refusals }) => refusals.has('send'));
    case 'expired':
      return broadcasts.some(({ id, expiresAt }) => id === broadcastId && expiresAt <= diedAt);
    default:
      return false;
  }
};

const narrowOnes = (connections: readonly SimulatedConnection[]): number =>
  connections.filter(({ narrow }) => narrow).length;

/** A record fails only if no queue took its rest: its connections may receive the message twice. */
const failedNeedlessly = ({ invocations, endedAt, broadcasts }: Simulation): string[] =>
  invocations.flatMap(({ number, failed, leftMs, refusals }) => {
    const expired = broadcasts.some(({ expiresAt }) => expiresAt <= endedAt);
    const noQueue = refusals.has('dead-letter') && (refusals.has('send') || expired);
    if (failed.length === 0 || leftMs < 30_000 || noQueue) return [];
    return [`invocation ${number} failed ${failed.join(', ')} although a queue would have taken the rest`];
  });

/** A function without time to confirm posts and hands over nothing. Otherwise a record multiplies. */
const begunWithoutTime = ({ invocations, posts }: Simulation): string[] =>
  invocations
    .filter(({ number, leftMs, sent }) => {
      const begun = sent.length > 0 || posts.some(({ invocation }) => invocation === number);
      return leftMs < 500 && begun;
    })
    .map(({ number }) => `invocation ${number} had no time left but began`);

/** The fan-out never rejects; the error is set if it did or if an account does not add up. */
const rejected = ({ invocations }: Simulation): string[] =>
  invocations.flatMap(({ error }) => (error === undefined ? [] : [String(error)]));

const pair = (broadcastId: string, connectionId: string): string => `${broadcastId} to ${connectionId}`;
const pairOf = ({ broadcastId, connectionId }: SimulatedPost): string => pair(broadcastId, connectionId);
