import { checkNode } from '../../../schemas/check-node.ts';
import { startEngines } from '../engines/start-engines.ts';
import { startEventSources } from '../event-sources/start-event-sources.ts';
import { createFaults } from '../faults/create-faults.ts';
import { parseFaults } from '../faults/parse-faults.ts';
import { DEVELOPER_CREDENTIALS, FunctionKeyring } from '../functions/function-keyring.ts';
import { type Functions, startFunctions } from '../functions/start-functions.ts';
import { json, servePages } from '../gateway/serve-pages.ts';
import { createAuthority } from '../iam/create-authority.ts';
import { reportUsage, type UsageReport } from '../iam/report-usage.ts';
import { type LocalAddresses, localEndpoints } from '../model/addresses.ts';
import type { Application, Invoker, LambdaFunction, StackOutputs } from '../model/application.ts';
import type { LocalLog, ReadyEvent } from '../model/local-event.ts';
import { handlerModule } from '../model/names.ts';
import { systemClock } from '../runtime/clock.ts';
import { readApplication } from '../template/read-application.ts';
import { changedFunctions, findRestartReasons } from './find-restart-reasons.ts';
import { readyEvent } from './ready-event.ts';
import { reportQueues } from './report-queues.ts';
import { startGateways } from './start-gateways.ts';
import { checkStartOptions, type StartLocalOptions } from './start-options.ts';
import { stopInReverse } from './stop-in-reverse.ts';
import { issuerHost, startTokenIssuer } from './token-issuer.ts';

/** The options of an AWS SDK client that calls the run as its developer. */
export interface SdkConfiguration {
  region: string;
  endpoint: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
}

export interface LocalRun {
  ready: ReadyEvent;
  sdk: {
    dynamodb: SdkConfiguration;
    sqs: SdkConfiguration;
    /** For the first API. */
    apiGatewayManagementApi: SdkConfiguration;
  };
  /** The outputs of the stacks, with local URLs. `/outputs.json` on the port of each API serves them too. */
  outputs(): StackOutputs;
  /** Number of open connections of all APIs. */
  connections(): number;
  /**
   * Number of invocations in progress. A test moves the clock only while it is 0, because the moved time also counts
   * for their timeouts.
   */
  invocations(): number;
  /** Invokes a function, as a caller with permission can on AWS. */
  invoke: Invoker['invoke'];
  /**
   * Loads new code from a folder. The functions whose modules have changed run it from their next event on.
   * @param code.modules Module names: `send-message` for handlers such as `send-message.handler`.
   * @param code.builtInMs Time that the build took. The logged duration includes it.
   */
  reloadCode(code: { codePath: string; modules: readonly string[]; builtInMs: number }): void;
  /**
   * Replaces the running cloud assembly with another. Connections, rows and messages stay.
   * @param changedFiles Absolute paths. Functions that have one of them in their code start anew, even if the code is
   * still in the same folder.
   * @returns The changes that need a restart, one sentence each. If there are any, the old assembly still runs.
   * @throws {UnsupportedApplication} if the new assembly cannot run; `Error` if an engine refuses a table. The old
   * assembly still runs.
   */
  reloadApplication(cdkOut: string, changedFiles?: readonly string[]): Promise<readonly string[]>;
  /** The grants that no request has used so far. */
  usage(): UsageReport;
  /**
   * Closes every connection, frees every port and discards all rows and messages.
   * @throws {AggregateError} with all errors, after every part was tried.
   */
  stop(): Promise<void>;
}

/**
 * Runs a synthesized CDK application on this machine, as AWS would. One process can have several runs. If the start
 * fails, every part that has started is stopped.
 * @throws {UnsupportedApplication} if parts of the application cannot run. The message names all of them.
 * @throws {Error} if Node is too old, a port is in use, the stage is unknown or an option is invalid.
 */
export const startLocal = async (options: StartLocalOptions): Promise<LocalRun> => {
  checkNode('startLocal');
  const started: (() => Promise<void>)[] = [];
  let isStopping = false;
  const stop = async (): Promise<void> => {
    isStopping = true;
    await stopInReverse(started.splice(0));
  };
  // Events that the stop causes are not logged.
  const log: LocalLog = (event) => {
    if (!isStopping) options.log?.(event);
  };
  try {
    return await startParts({ ...options, log }, (end) => started.push(end), stop);
  } catch (error) {
    await stop().catch(() => {}); // the caller needs the error of the start, not of the stop
    throw error;
  }
};

const startParts = async (
  options: StartLocalOptions & { log: LocalLog },
  onStop: (end: () => Promise<void>) => void,
  stop: () => Promise<void>,
): Promise<LocalRun> => {
  checkStartOptions(options);
  const { host = '127.0.0.1', port = 0, stage, clock = systemClock, seed = 1, log } = options;
  const rules = parseFaults(options.faults ?? []);
  const keyring = new FunctionKeyring();
  const notice = (line: string) => log({ type: 'notice', line });

  const engines = await startEngines({ clock, faults: rules, seed, log: notice });
  onStop(() => engines.stop());
  const read = (cdkOut: string) => readApplication({ ...options, cdkOut, sqsUrl: engines.sqsUrl });
  const first = read(options.cdkOut);
  let { application, policies } = first;
  const authority = createAuthority(() => policies);
  const deploy = (next: Application) => engines.deploy({ ...next, keyring, authority });
  await deploy(application);

  const functionsStarted = Promise.withResolvers<Functions>();
  let invocations = 0;
  const invoker: Invoker = {
    invoke: async (...event) => {
      const { invoke } = await functionsStarted.promise;
      invocations++;
      return invoke(...event).finally(() => invocations--);
    },
  };
  const faults = createFaults(rules, seed, () => application.functions);
  const shared = { application, invoker, keyring, authority, clock, log };
  let addresses: LocalAddresses = new Map(); // set when every gateway listens
  const outputs = () => withLocalUrls(application.outputs, addresses);
  // `/outputs.json` is in the format of `cdk deploy --outputs-file`.
  const issuer = options.issueTokens ? await startTokenIssuer(application.userPools, clock) : undefined;
  if (issuer) onStop(() => issuer.stop());
  const pages = servePages(
    {
      '/outputs.json': json(outputs),
      '/apis.json': json(() => ready.apis),
      ...(issuer && { '/token': issuer.answer }),
    },
    options.pages,
  );
  const gateways = await startGateways({ ...shared, host, port, faults: faults.gateway, pages });
  onStop(() => gateways.stop());
  addresses = gateways.addresses;
  const ready = readyEvent({
    application,
    host,
    ports: gateways.all.map((gateway) => gateway.port),
    notices: [...first.notices, ...(options.faults ?? []).map((fault) => `injected fault: ${fault}`)],
    hasPage: options.pages !== undefined,
    issuesTokens: issuer !== undefined,
    ...(stage && { stage }),
  });

  const runnable = (lambda: LambdaFunction): LambdaFunction => withLocalEndpoints(lambda, addresses);
  const functions = startFunctions({
    functions: application.functions.map(runnable),
    keyring,
    environment: { AWS_ENDPOINT_URL_DYNAMODB: engines.dynamodbUrl, AWS_ENDPOINT_URL_SQS: engines.sqsUrl },
    hosts: new Map([
      ...gateways.addresses,
      ...gateways.customAddresses,
      ...engines.hosts(application.region),
      ...(issuer?.hosts ?? realIssuers(application)),
    ]),
    clock,
    crashAfterWrites: faults.crashAfterWrites,
    log,
  });
  functionsStarted.resolve(functions);
  const eventSources = startEventSources({
    eventSources: application.eventSources,
    functions: () => application.functions,
    queues: engines.queues,
    invoker,
    authority,
    clock,
    log: notice,
  });
  // At the same time: a mapping waits for its batches, and the functions end those when they stop.
  onStop(async () => {
    await Promise.all([eventSources.stop(), functions.stop()]);
  });

  const logReloaded = (changed: readonly LambdaFunction[], startedAt: number) => {
    const names = changed.map(({ functionName }) => functionName);
    log({ type: 'reloaded', functions: names, durationMs: performance.now() - startedAt });
  };
  const developer = { region: application.region, credentials: DEVELOPER_CREDENTIALS };
  onStop(reportQueues(() => engines.queueDepths(), log));
  return {
    ready,
    sdk: {
      dynamodb: { ...developer, endpoint: engines.dynamodbUrl },
      sqs: { ...developer, endpoint: engines.sqsUrl },
      apiGatewayManagementApi: { ...developer, endpoint: ready.apis[0]?.connectionsUrl ?? '' },
    },
    outputs,
    connections: () => gateways.all.reduce((sum, gateway) => sum + gateway.connections(), 0),
    invocations: () => invocations,
    invoke: invoker.invoke,
    reloadCode: ({ codePath, modules, builtInMs }) => {
      const startedAt = performance.now() - builtInMs;
      const changed = application.functions.filter(
        (lambda) => lambda.codePath === codePath && modules.includes(handlerModule(lambda.handler)),
      );
      for (const { functionName } of changed) functions.swap(functionName, codePath);
      logReloaded(changed, startedAt);
    },
    reloadApplication: async (cdkOut, changedFiles = []) => {
      const startedAt = performance.now();
      const next = read(cdkOut);
      const restartReasons = findRestartReasons(application, next.application);
      if (restartReasons.length > 0) return restartReasons;
      const changed = changedFunctions(application, next.application, changedFiles);
      await deploy(next.application);
      ({ application, policies } = next);
      await engines.forgetDecisions(); // the old policies decided until here
      for (const lambda of changed) functions.replace(runnable(lambda));
      next.notices.forEach(notice);
      eventSources.reload();
      logReloaded(changed, startedAt);
      return [];
    },
    usage: () => reportUsage(policies, authority.used()),
    stop,
  };
};

/** The issuers of user pools that exist. Their keys are public, so a function reads them from AWS. */
const realIssuers = ({ userPools }: Application): ReadonlyMap<string, string> =>
  new Map(userPools.filter(({ isReal }) => isReal).map(({ id }) => [issuerHost(id), issuerHost(id)]));

const withLocalEndpoints = (lambda: LambdaFunction, addresses: LocalAddresses): LambdaFunction => ({
  ...lambda,
  environment: mapValues(lambda.environment, (value) => localEndpoints(value, addresses)),
});

const withLocalUrls = (outputs: StackOutputs, addresses: LocalAddresses): StackOutputs =>
  mapValues(outputs, (stackOutputs) => mapValues(stackOutputs, (value) => localEndpoints(value, addresses)));

const mapValues = <From, To>(values: Readonly<Record<string, From>>, map: (value: From) => To): Record<string, To> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, map(value)]));
