import { Stack, Validations } from 'aws-cdk-lib';
import { WebSocketApi, type WebSocketRoute, WebSocketStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { WebSocketLambdaAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { EnvironmentName } from '../../schemas/environment.ts';
import type { Handlers } from '../bundling/handlers.ts';
import { AccessLogs } from './access-logs.ts';
import { BroadcastQueues } from './broadcast-queues.ts';
import { allowConnections } from './connection-grants.ts';
import { ConnectionTable } from './connection-table.ts';
import { FanOutAlarms } from './fan-out-alarms.ts';
import { checkFanOutApiProps, type FanOutApiProps, fanOutNumbers } from './fan-out-api-props.ts';
import { FanOutFunction } from './fan-out-function.ts';
import { HandlerFunction } from './handler-function.ts';
import { FunctionIntegration, MockIntegration } from './route-integrations.ts';
import { type Ability, type AuthorizerOptions, checkRoute, type RouteOptions } from './route-options.ts';

/** The entry that works on the broadcast queue. */
const FAN_OUT = 'fan-out';
/** The framework's handler of `$default` tells callers what API Gateway knows of them. */
const DEFAULT_CAN: readonly Ability[] = ['inspect'];
/** Ours: its target is a few seconds, the rest is for a slow account. */
const FAN_OUT_TIMEOUT_SECONDS = 30;
/** Under the 29 seconds that API Gateway waits. */
const ROUTE = { timeoutSeconds: 10, memoryMb: 512 };

/**
 * A WebSocket API whose messages reach all its connections: API and stage, connection table, broadcast queue with its
 * dead-letter queue, the fan-out function with alarms for what it cannot deliver, and one function for each entry. Each
 * may do exactly what its routes need.
 *
 * ```ts
 * const chat = new FanOutApi(this, 'Chat', { handlers: await bundle('handlers/*.ts') });
 * chat.addRoute('send-message', { can: ['broadcast'] });
 * ```
 * Messages choose their route by `action`. Everything is gone when the stack is.
 */
export class FanOutApi extends Construct {
  readonly api: WebSocketApi;
  readonly stage: WebSocketStage;
  readonly table: ConnectionTable;
  readonly queues: BroadcastQueues;
  readonly fanOut: FanOutFunction;
  /** Absent with `alarms: false`. */
  readonly alarms?: FanOutAlarms;
  readonly #handlers: Handlers;
  readonly #logRetention: RetentionDays;
  readonly #keyAttribute: string | undefined;
  readonly #functions = new Map<string, HandlerFunction>();
  readonly #routes = new Map<string, WebSocketRoute>();

  /** @throws {Error} where an option is wrong or an entry unknown, naming it. */
  constructor(scope: Construct, id: string, props: FanOutApiProps) {
    super(scope, id);
    checkFanOutApiProps(this, this.#name, props);
    this.#handlers = props.handlers;
    this.#logRetention = props.logRetention ?? RetentionDays.ONE_MONTH;
    this.#keyAttribute = props.keyAttribute;

    this.api = new WebSocketApi(this, 'Api', { apiName: this.#name });
    this.stage = this.#addStage(props);
    this.table = new ConnectionTable(this, 'Connections', { keyAttribute: props.keyAttribute });
    this.queues = new BroadcastQueues(this, 'Broadcasts', { functionTimeoutSeconds: FAN_OUT_TIMEOUT_SECONDS });
    this.fanOut = new FanOutFunction(this, constructId(FAN_OUT), {
      ...fanOutNumbers(props),
      entry: props.handlers.entry(FAN_OUT),
      logRetention: this.#logRetention,
      timeoutSeconds: FAN_OUT_TIMEOUT_SECONDS,
      table: this.table,
      queues: this.queues,
      stage: this.stage,
    });
    this.fanOut.setEnvironment(this.#environment());
    const { alarms = {} } = props;
    if (alarms) this.alarms = new FanOutAlarms(this, 'Alarms', { ...alarms, queues: this.queues, fanOut: this.fanOut });

    this.addRoute('$connect', props.connect);
    this.addRoute('$disconnect', props.disconnect);
    this.addRoute('$default', props.default);
  }

  /** `wss://{api}.execute-api.{region}.amazonaws.com/{stage}`: what a client connects to. */
  get webSocketUrl(): string {
    return this.stage.url;
  }

  /** `https://{api}.execute-api.{region}.amazonaws.com/{stage}/@connections`: what a backend posts to. */
  get connectionsUrl(): string {
    return `${this.stage.callbackUrl}/@connections`;
  }

  /** What somebody who deployed it needs, by the names of the stack's outputs. */
  get outputs(): Readonly<Record<string, string>> {
    return {
      WebSocketUrl: this.webSocketUrl,
      ConnectionsUrl: this.connectionsUrl,
      BroadcastQueueUrl: this.queues.queue.queueUrl,
      DeadLetterQueueUrl: this.queues.deadLetterQueue.queueUrl,
      ConnectionsTableName: this.table.tableName,
    };
  }

  /** By route key. */
  get routes(): ReadonlyMap<string, WebSocketRoute> {
    return this.#routes;
  }

  /** The function of an entry that a route or the authorizer uses. @throws {Error} where none does. */
  functionOf(entry: string): HandlerFunction {
    const found = this.#functions.get(entry);
    if (!found)
      throw this.#error(`no route has the entry "${entry}". Entries: ${[...this.#functions.keys()].join(', ')}`);
    return found;
  }

  /**
   * Adds a route, and the function of its entry unless another route has it already: see `functionOf`.
   * @throws {Error} where an option is wrong, the route exists, the entry is unknown or one construct with another.
   */
  addRoute(routeKey: string, options: RouteOptions = {}): WebSocketRoute {
    checkRoute(this.node.path, routeKey, options);
    this.#refuseSameRoute(routeKey);
    const { mock, authorizer } = options;
    const mocked = mock && new MockIntegration(mock);
    const route = this.api.addRoute(routeKey, {
      integration: mocked ?? this.#functionIntegration(routeKey, options),
      returnResponse: mock?.reply !== undefined,
      ...(authorizer && { authorizer: this.#authorizer(authorizer) }),
    });
    mocked?.addResponse(route);
    this.#routes.set(routeKey, route);
    // The first deployment has every route, and no two changes of the API meet.
    this.stage.node.addDependency(route);
    if (routeKey !== '$connect')
      Validations.of(route).acknowledge({
        id: 'AwsSolutions-APIG4',
        reason: 'AWS restricts authorization to $connect: who is connected may use every route.',
      });
    return route;
  }

  /** CDK makes a construct of each, in whose id `/` becomes `--`. */
  #refuseSameRoute(routeKey: string): void {
    const idOf = (key: string) => key.replaceAll('/', '--');
    const other = [...this.#routes.keys()].find((key) => idOf(key) === idOf(routeKey));
    if (other === routeKey) throw this.#error(`the route "${routeKey}" was added twice${ownRoute(routeKey)}`);
    if (other !== undefined)
      throw this.#error(`the routes "${other}" and "${routeKey}" would be one construct: rename one`);
  }

  #functionIntegration(routeKey: string, { entry, can, environment = {} }: RouteOptions): FunctionIntegration {
    const handler = this.#functionOf(entry ?? routeKey.replace('$', ''));
    handler.setEnvironment(this.#environment());
    handler.setEnvironment(environment);
    this.#allowRoute(handler, routeKey);
    for (const ability of can ?? (routeKey === '$default' && !entry ? DEFAULT_CAN : []))
      this.#allowAbility(handler, ability);
    // The function may be called as soon as the stage is there.
    this.stage.node.addDependency(handler.permitRoutes(this.stage));
    return new FunctionIntegration(handler.function);
  }

  /** What every route of its kind does. An error of `$connect` is a status; after `$disconnect` there is nobody. */
  #allowRoute(handler: HandlerFunction, routeKey: string): void {
    const action = routeKey === '$connect' ? 'dynamodb:PutItem' : 'dynamodb:DeleteItem';
    handler.allow([action], this.table.tableArn);
    if (routeKey !== '$connect' && routeKey !== '$disconnect') allowConnections(handler, this.stage, 'POST');
  }

  #allowAbility(handler: HandlerFunction, ability: Ability): void {
    if (ability === 'broadcast') handler.allow(['sqs:SendMessage'], this.queues.queue.queueArn);
    if (ability === 'keep') handler.allow(['dynamodb:PutItem'], this.table.tableArn);
    if (ability === 'inspect') allowConnections(handler, this.stage, 'GET');
    if (ability === 'disconnect') allowConnections(handler, this.stage, 'DELETE');
  }

  #addStage({ stageName = 'production', throttle, accessLogs = false }: FanOutApiProps): WebSocketStage {
    const stage = new WebSocketStage(this, 'Stage', {
      webSocketApi: this.api,
      stageName,
      autoDeploy: true,
      ...(throttle && { throttle }),
      ...(accessLogs && { accessLogSettings: new AccessLogs(this, 'AccessLogs', { retention: this.#logRetention }) }),
    });
    if (!accessLogs)
      Validations.of(stage).acknowledge({
        id: 'AwsSolutions-APIG1',
        reason:
          'API Gateway writes them with a role of the whole account: without it the deployment fails, and a stack that owns it silences other APIs when it is destroyed. accessLogs turns them on.',
      });
    return stage;
  }

  #authorizer({ entry, identitySource = [], environment = {} }: AuthorizerOptions): WebSocketLambdaAuthorizer {
    const handler = this.#functionOf(entry);
    // Of its origin a page may connect without being listed.
    handler.setEnvironment({ AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI: this.stage.callbackUrl });
    handler.setEnvironment(environment);
    // CDK's default is the Authorization header, which a browser cannot set.
    return new WebSocketLambdaAuthorizer('Authorizer', handler.function, { identitySource: [...identitySource] });
  }

  #functionOf(entry: string): HandlerFunction {
    const present = this.#functions.get(entry);
    if (present) return present;
    const found = this.#handlers.entry(entry);
    this.#refuseSameFunction(entry);
    const logRetention = this.#logRetention;
    const made = new HandlerFunction(this, constructId(entry), { entry: found, logRetention, ...ROUTE });
    this.#functions.set(entry, made);
    return made;
  }

  #refuseSameFunction(entry: string): void {
    if (entry === FAN_OUT)
      throw this.#error(
        `"${entry}" is the entry of the broadcast queue: give the route or the authorizer another entry`,
      );
    const other = [FAN_OUT, ...this.#functions.keys()].find((name) => constructId(name) === constructId(entry));
    if (other !== undefined)
      throw this.#error(`the entries "${other}" and "${entry}" would be one construct: rename the file of one`);
  }

  /** Of every function that uses `createServices`. */
  #environment(): Partial<Record<EnvironmentName, string>> & Record<string, string> {
    return {
      POWERTOOLS_SERVICE_NAME: this.#name,
      FAN_OUT_CONNECTIONS_TABLE: this.table.tableName,
      ...(this.#keyAttribute !== undefined && { FAN_OUT_CONNECTIONS_KEY: this.#keyAttribute }),
      FAN_OUT_BROADCAST_QUEUE_URL: this.queues.queue.queueUrl,
      AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI: this.stage.callbackUrl,
    };
  }

  /** Of the API, and of the service in logs and metrics. */
  get #name(): string {
    return `${Stack.of(this).stackName}-${this.node.id}`;
  }

  #error(message: string): Error {
    return new Error(`${this.node.path}: ${message}`);
  }
}

/** `send-message` is the construct `SendMessageHandler`. */
const constructId = (entry: string): string => {
  const words = entry.split(/[^A-Za-z0-9]+/).map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return `${words.join('')}Handler`;
};

const ownRoute = (routeKey: string): string =>
  routeKey.startsWith('$') ? `: it is there from the start, see the option "${routeKey.slice(1)}"` : '';
