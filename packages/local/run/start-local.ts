import { startEngines } from '../engines/start-engines.ts';
import { startEventSources } from '../event-sources/start-event-sources.ts';
import { createFaults } from '../faults/create-faults.ts';
import { parseFaults } from '../faults/parse-faults.ts';
import { DEVELOPER_CREDENTIALS, FunctionKeyring } from '../functions/function-keyring.ts';
import { type Functions, startFunctions } from '../functions/start-functions.ts';
import { servePages } from '../gateway/serve-pages.ts';
import { createAuthority } from '../iam/create-authority.ts';
import { reportUsage, type UsageReport } from '../iam/report-usage.ts';
import { type LocalAddresses, localEndpoints } from '../model/addresses.ts';
import type { Application, Invoker, LambdaFunction, StackOutputs } from '../model/application.ts';
import type { LocalLog, ReadyEvent } from '../model/local-event.ts';
import { handlerModule } from '../model/names.ts';
import { systemClock } from '../runtime/clock.ts';
import { readApplication } from '../template/read-application.ts';
import { endAll } from './end-all.ts';
import { readyEvent } from './ready-event.ts';
import { changedFunctions, whatNeedsRestart } from './reload.ts';
import { reportQueues } from './report-queues.ts';
import { startGateways } from './start-gateways.ts';
import { checkStartOptions, type StartLocalOptions } from './start-options.ts';

/** What an AWS SDK client is constructed with to reach the run as its developer. */
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
    /** Of the first API. */
    apiGatewayManagementApi: SdkConfiguration;
  };
  /** Of the stacks, with the URLs they have here: what `/outputs.json` on the port of each API shows. */
  outputs(): StackOutputs;
  /** Open connections of all APIs. */
  connections(): number;
  /** Runs an event as whoever may invoke a function does. */
  invoke: Invoker['invoke'];
  /**
   * There is new code in a folder: the next events of the functions whose modules have changed run it.
   * @param code.modules `send-message`, for handlers such as `send-message.handler`.
   * @param code.builtInMs What it took to make the code; told with the rest.
   */
  reloadCode(code: { codePath: string; modules: readonly string[]; builtInMs: number }): void;
  /**
   * Reads a cloud assembly in place of the one that runs. Connections, rows and messages stay.
   * @throws {UnsupportedApplication} where it cannot be run, `Error` where an engine refuses a table: what ran before goes on then.
   * @returns what cannot change in a run, a sentence each; where there is any, nothing has changed.
   */
  reloadApplication(cdkOut: string): Promise<readonly string[]>;
  /** Which grants were not used so far. */
  usage(): UsageReport;
  /**
   * Closes every connection and frees every port. Rows and messages are gone.
   * @throws {AggregateError} with what could not be ended, after everything else was.
   */
  stop(): Promise<void>;
}

/**
 * Runs a synthesized CDK application on this machine, as AWS would. Any number of runs fit one process.
 * @throws {UnsupportedApplication} naming everything that cannot be run; `Error` in one sentence for a taken port, an
 * unknown stage, an option that cannot be read. Nothing is left running then.
 */
export const startLocal = async (options: StartLocalOptions): Promise<LocalRun> => {
  const started: (() => Promise<void>)[] = [];
  let isStopping = false;
  const stop = async (): Promise<void> => {
    isStopping = true;
    await endAll(started.splice(0));
  };
  // What happens because the run ends is nobody's news.
  const log: LocalLog = (event) => {
    if (!isStopping) options.log?.(event);
  };
  try {
    return await startParts({ ...options, log }, (end) => started.push(end), stop);
  } catch (error) {
    await stop().catch(() => {}); // why it could not start is the news
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
  const invoker: Invoker = { invoke: async (...event) => (await functionsStarted.promise).invoke(...event) };
  const faults = createFaults(rules, seed, () => application.functions);
  const shared = { application, invoker, keyring, authority, clock, log };
  let addresses: LocalAddresses = new Map(); // known when every gateway listens
  const outputs = () => withLocalUrls(application.outputs, addresses);
  const pages = servePages(outputs, options.pages);
  const gateways = await startGateways({ ...shared, host, port, faults: faults.gateway, pages });
  onStop(() => gateways.stop());
  addresses = gateways.addresses;
  const ready = readyEvent({
    application,
    host,
    ports: gateways.all.map((gateway) => gateway.port),
    notices: [...first.notices, ...(options.faults ?? []).map((fault) => `fault on purpose: ${fault}`)],
    hasPage: options.pages !== undefined,
    ...(stage && { stage }),
  });

  const runnable = (lambda: LambdaFunction): LambdaFunction => withLocalEndpoints(lambda, addresses);
  const functions = startFunctions({
    functions: application.functions.map(runnable),
    keyring,
    environment: { AWS_ENDPOINT_URL_DYNAMODB: engines.dynamodbUrl, AWS_ENDPOINT_URL_SQS: engines.sqsUrl },
    hosts: new Map([...gateways.addresses, ...gateways.customAddresses, ...engines.hosts(application.region)]),
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
  // Together: a mapping waits for its batches, and ending the functions ends those.
  onStop(async () => {
    await Promise.all([eventSources.stop(), functions.stop()]);
  });

  const tellReloaded = (changed: readonly LambdaFunction[], startedAt: number) => {
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
    invoke: invoker.invoke,
    reloadCode: ({ codePath, modules, builtInMs }) => {
      const startedAt = performance.now() - builtInMs;
      const changed = application.functions.filter(
        (lambda) => lambda.codePath === codePath && modules.includes(handlerModule(lambda.handler)),
      );
      for (const { functionName } of changed) functions.swap(functionName, codePath);
      tellReloaded(changed, startedAt);
    },
    reloadApplication: async (cdkOut) => {
      const startedAt = performance.now();
      const next = read(cdkOut);
      const fixed = whatNeedsRestart(application, next.application);
      if (fixed.length > 0) return fixed;
      const changed = changedFunctions(application, next.application);
      await deploy(next.application);
      ({ application, policies } = next);
      await engines.forgetDecisions(); // until here the policies of before decided
      for (const lambda of changed) functions.replace(runnable(lambda));
      next.notices.forEach(notice);
      eventSources.reload();
      tellReloaded(changed, startedAt);
      return [];
    },
    usage: () => reportUsage(policies, authority.used()),
    stop,
  };
};

const withLocalEndpoints = (lambda: LambdaFunction, addresses: LocalAddresses): LambdaFunction => ({
  ...lambda,
  environment: mapValues(lambda.environment, (value) => localEndpoints(value, addresses)),
});

const withLocalUrls = (outputs: StackOutputs, addresses: LocalAddresses): StackOutputs =>
  mapValues(outputs, (ofStack) => mapValues(ofStack, (value) => localEndpoints(value, addresses)));

const mapValues = <From, To>(values: Readonly<Record<string, From>>, map: (value: From) => To): Record<string, To> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, map(value)]));
