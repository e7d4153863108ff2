import { UsageError } from '../../command-line/command.ts';
import { connectableHost } from '../model/addresses.ts';
import type { Application, WebSocketApi } from '../model/application.ts';
import type { ReadyEvent } from '../model/local-event.ts';

export interface ReadyEventOptions {
  application: Application;
  host: string;
  /** The port of each API, in the application's order. */
  ports: readonly number[];
  notices: readonly string[];
  /** The stage in the URLs. Default: the first stage of each API. */
  stage?: string;
  /** Whether a page is served at `/`. */
  hasPage: boolean;
  /** Whether tokens are issued at `/token`. */
  issuesTokens: boolean;
}

/**
 * Makes the event that describes a run that is ready.
 * @throws {UsageError} if no API has the stage. The message names the stages.
 */
export const readyEvent = ({
  application,
  host,
  ports,
  notices,
  stage,
  hasPage,
  issuesTokens,
}: ReadyEventOptions): ReadyEvent => {
  const stageNames = new Set(application.apis.flatMap(({ stages }) => stages.map(({ name }) => name)));
  if (stage !== undefined && !stageNames.has(stage)) {
    throw new UsageError(`${application.name} has no stage "${stage}". Its stages: ${[...stageNames].join(', ')}`);
  }
  return {
    type: 'ready',
    name: application.name,
    apis: application.apis.map((api, index) => {
      const shown = api.stages.find(({ name }) => name === stage) ?? api.stages[0];
      const address = `${connectableHost(host)}:${ports[index]}/${shown?.name ?? ''}`;
      return {
        name: api.name,
        webSocketUrl: `ws://${address}`,
        connectionsUrl: `http://${address}`,
        customDomains: api.mappings.map(({ domainName, basePath }) => `${domainName}/${basePath}`),
        iamAuthorization: api.routes.some(({ iamAuthorization }) => iamAuthorization),
        routeSelectionExpression: api.routeSelectionExpression,
        routes: routesOf(api),
      };
    }),
    ...(hasPage && { page: `http://${connectableHost(host)}:${ports[0]}/` }),
    ...(issuesTokens && { tokenUrl: `http://${connectableHost(host)}:${ports[0]}/token` }),
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
