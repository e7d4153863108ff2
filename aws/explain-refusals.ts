import type { ChannelTable } from './channels/channel-table.ts';
import { readProperty } from './describe-error.ts';
import type { Services } from './services.ts';

/** The permission that each ability of a route grants, in IAM's words. */
const PERMISSIONS = {
  broadcast: 'sqs:SendMessage on the broadcast queue',
  keep: 'dynamodb:PutItem on the connection table',
  inspect: 'execute-api:ManageConnections on GET/@connections/*',
  disconnect: 'execute-api:ManageConnections on DELETE/@connections/*',
  publish: 'sqs:SendMessage on the channel queue',
  subscribe:
    'dynamodb:GetItem, PutItem, UpdateItem and DeleteItem on the channel table, and sqs:SendMessage on both queues',
  members: 'dynamodb:GetItem and Query on the channel table',
} as const;

type Ability = keyof typeof PERMISSIONS;

/** The calls of the channel table that only one ability needs. */
const CHANNEL_ABILITIES: Partial<Record<keyof ChannelTable, Ability>> = {
  openConnection: 'keep',
  addChannel: 'subscribe',
  connection: 'subscribe',
  removeChannel: 'subscribe',
  putSubscription: 'subscribe',
  deleteSubscription: 'subscribe',
  presence: 'members',
  users: 'members',
};

/**
 * The same services for the events of one route: a call that AWS denies fails with a sentence that names the route and
 * the missing ability. AWS's own error is the `cause`.
 */
export const explainRefusals = (services: Services, routeKey: string): Services => {
  const { connections, queue, manager, channels, channelQueue } = services;
  const explain = (ability: Ability) => (error: unknown) => {
    throw isDenied(error) ? new Error(sentence(ability, routeKey), { cause: error }) : error;
  };
  return {
    ...services,
    connections: {
      put: (row) => connections.put(row).catch(explain('keep')),
      delete: (connectionId) => connections.delete(connectionId),
      deleteMany: (connectionIds) => connections.deleteMany(connectionIds),
      scanPage: (cursor) => connections.scanPage(cursor),
    },
    queue: {
      send: (record, options) =>
        queue.send(record, options).catch(explain('ended' in record ? 'subscribe' : 'broadcast')),
      deadLetter: (letter) => queue.deadLetter(letter),
    },
    manager: {
      inspect: (connectionId) => manager.inspect(connectionId).catch(explain('inspect')),
      disconnect: (connectionId) => manager.disconnect(connectionId).catch(explain('disconnect')),
    },
    ...(channels && { channels: explainTable(channels, explain) }),
    ...(channelQueue && {
      channelQueue: {
        send: (record, deduplicationId) =>
          channelQueue
            .send(record, deduplicationId)
            .catch(explain(record.look === undefined ? 'publish' : 'subscribe')),
        deadLetter: (letter, group) => channelQueue.deadLetter(letter, group),
      },
    }),
  };
};

const explainTable = (table: ChannelTable, explain: (ability: Ability) => (error: unknown) => never): ChannelTable =>
  new Proxy(table, {
    get: (_, name: keyof ChannelTable) => {
      const ability = CHANNEL_ABILITIES[name];
      const method: unknown = table[name];
      if (typeof method !== 'function') return method;
      return async (...parameters: unknown[]) => {
        const answer: Promise<unknown> = method.apply(table, parameters);
        return ability ? answer.catch(explain(ability)) : answer;
      };
    },
  });

/** DynamoDB and SQS name their error; `SdkConnectionManager` has already read API Gateway's error name. */
const isDenied = (error: unknown): boolean =>
  readProperty(error, 'code') === 'ACCESS_DENIED' || /^AccessDenied/.test(String(readProperty(error, 'name')));

const sentence = (ability: Ability, routeKey: string): string =>
  `The route "${routeKey}" may not ${ability}: add ${remedyFor(ability, routeKey)}. Its role needs ${PERMISSIONS[ability]}`;

/** The option that gives a route an ability, and its place. */
export const remedyFor = (ability: Ability, routeKey: string): string =>
  routeKey.startsWith('$')
    ? `${routeKey.slice(1)}: { can: ['${ability}'] } to the options of FanOutApi`
    : `can: ['${ability}'] to addRoute('${routeKey}')`;
