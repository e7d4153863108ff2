import { reachable } from '../model/addresses.ts';
import type { Application, WebSocketApi } from '../model/application.ts';
import type { ReadyEvent } from '../model/local-event.ts';

export interface ReadyEventOptions {
  application: Application;
  host: string;
  /** By API, in the application's order. */
  ports: readonly number[];
  notices: readonly string[];
  /** The stage whose URLs are given. Default: each API's first. */
  stage?: string;
  /** A page is served at `/`. */
  hasPage: boolean;
}

/**
 * What a run says when it is ready.
 * @throws {Error} where no API has the stage, naming those there are.
 */
export const readyEvent = ({ application, host, ports, notices, stage, hasPage }: ReadyEventOptions): ReadyEvent => {
  const stageNames = new Set(application.apis.flatMap(({ stages }) => stages.map(({ name }) => name)));
  if (stage !== undefined && !stageNames.has(stage)) {
    throw new Error(`${application.name} has no stage "${stage}". There is: ${[...stageNames].join(', ')}`);
  }
  return {
    type: 'ready',
    name: application.name,
    apis: application.apis.map((api, index) => {
      const shown = api.stages.find(({ name }) => name === stage) ?? api.stages[0];
      const address = `${reachable(host)}:${ports[index]}/${shown?.name ?? ''}`;
      return {
        name: api.name,
        webSocketUrl: `ws://${address}`,
        connectionsUrl: `http://${address}`,
        customDomains: api.mappings.map(({ domainName, basePath }) => `${domainName}/${basePath}`),
        iamAuthorization: api.routes.some(({ iamAuthorization }) => iamAuthorization),
        routes: routesOf(api),
      };
    }),
    ...(hasPage && { page: `http://${reachable(host)}:${ports[0]}/` }),
    functions: application.functions.map(({ functionName }) => functionName),
    logicalIds: Object.fromEntries(
      application.functions.map(({ functionName, logicalId }) => [functionName, logicalId]),
    ),
    queues: application.queues.map(({ queueName, url }) => ({ name: queueName, url })),
    tables: application.tables.map(({ tableName }) => tableName),
    notices,
  };
};

const routesOf = ({ routes }: WebSocketApi): ReadyEvent['apis'][number]['routes'] =>
  routes.map(({ routeKey, integration }) => ({
    routeKey,
    ...(integration?.type === 'lambda' && { functionName: integration.functionName }),
  }));
