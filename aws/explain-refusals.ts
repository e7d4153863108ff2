import { readProperty } from './describe-error.ts';
import type { Services } from './services.ts';

/** The permission that each ability of a route grants, in IAM's words. */
const PERMISSIONS = {
  broadcast: 'sqs:SendMessage on the broadcast queue',
  keep: 'dynamodb:PutItem on the connection table',
  inspect: 'execute-api:ManageConnections on GET/@connections/*',
  disconnect: 'execute-api:ManageConnections on DELETE/@connections/*',
} as const;

/**
 * The same services for the events of one route: a call that AWS denies fails with a sentence that names the route and
 * the missing ability. AWS's own error is the `cause`.
 */
export const explainRefusals = (services: Services, routeKey: string): Services => {
  const { connections, queue, manager } = services;
  const explain = (ability: keyof typeof PERMISSIONS) => (error: unknown) => {
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
      send: (record, options) => queue.send(record, options).catch(explain('broadcast')),
      deadLetter: (letter) => queue.deadLetter(letter),
    },
    manager: {
      inspect: (connectionId) => manager.inspect(connectionId).catch(explain('inspect')),
      disconnect: (connectionId) => manager.disconnect(connectionId).catch(explain('disconnect')),
    },
  };
};

/** DynamoDB and SQS name their error; `SdkConnectionManager` has already read API Gateway's error name. */
const isDenied = (error: unknown): boolean =>
  readProperty(error, 'code') === 'ACCESS_DENIED' || /^AccessDenied/.test(String(readProperty(error, 'name')));

const sentence = (ability: keyof typeof PERMISSIONS, routeKey: string): string => {
  const remedy = routeKey.startsWith('$')
    ? `${routeKey.slice(1)}: { can: ['${ability}'] } to the options of FanOutApi`
    : `can: ['${ability}'] to addRoute('${routeKey}')`;
  return `The route "${routeKey}" may not ${ability}: add ${remedy}. Its role needs ${PERMISSIONS[ability]}`;
};
