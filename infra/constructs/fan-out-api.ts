import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import {
  WebSocketApi,
  type WebSocketAuthorizer,
  type WebSocketRoute,
  WebSocketStage,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { WebSocketLambdaAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { EnvironmentName } from '../../schemas/environment.ts';
import type { Handlers } from '../bundling/handlers.ts';
import { acknowledge } from '../functions/acknowledge.ts';
import { allowConnections } from '../functions/allow-connections.ts';
import { describe } from '../functions/check-options.ts';
import { type FunctionOptions, mergeOptions } from '../functions/function-options.ts';
import { HandlerFunction, type HandlerOptions } from '../functions/handler-function.ts';
import { AccessLogs } from './access-logs.ts';
import { BroadcastQueues } from './broadcast-queues.ts';
import { ConnectionTable } from './connection-table.ts';
import { FanOutAlarms } from './fan-out-alarms.ts';
import { checkFanOutApiProps, type FanOutApiProps, fanOutNumbers, fanOutTimeout } from './fan-out-api-props.ts';
import { FanOutFunction } from './fan-out-function.ts';
import { FunctionIntegration, MockIntegration } from './route-integrations.ts';
import { type Ability, type AuthorizerOptions, checkRoute, type RouteOptions } from './route-options.ts';

/** The handler of the broadcast queue. */
const FAN_OUT = 'fan-out';
/** The construct id of the authorizer. CDK makes it a child of the API. */
const AUTHORIZER = 'Authorizer';
/** One core: https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html */
const FAN_OUT_MEMORY_MB = 1_769;
/** The abilities of the framework's own handlers: `default` answers with the state of the connection. */
const FRAMEWORK_CAN: Readonly<Record<string, readonly Ability[]>> = { default: ['inspect'] };
/** The only route that each of these handlers of the framework can serve: on another route it would not answer. */
const FRAMEWORK_ROUTES = new Map([
  ['connect', '$connect'],
  ['disconnect', '$disconnect'],
]);
const DEFAULTS: HandlerOptions = {
  timeout: Duration.seconds(10),
  memorySize: 512,
  logRetention: RetentionDays.ONE_MONTH,
  removalPolicy: RemovalPolicy.DESTROY,
};

/**
 * A WebSocket API that can send a message to all its connections. It makes the API with a stage, the connection table,
 * the broadcast queue with a dead-letter queue, the fan-out function with alarms, and one function for each handler.
 * Each function has exactly the permissions that its routes need.
 *
 * ```ts
 * import { App, CfnOutput, Stack } from 'aws-cdk-lib';
 * import { bundle, FanOutApi } from 'middy-fanout/infra';
 *
 * const stack = new Stack(new App(), 'Chat');
 * const chat = new FanOutApi(stack, 'Chat', { handlers: await bundle('handlers/*.ts') });
 * chat.addRoute('send-message', { can: ['broadcast'] });
 * new CfnOutput(stack, 'Url', { value: chat.webSocketUrl });
 * ```
 * API Gateway selects the route by the `action` of a message. If the stack is deleted, all of this is deleted too,
 * unless `removalPolicy` says otherwise.
 */
export class FanOutApi extends Construct {
  readonly api: WebSocketApi;
  readonly stage: WebSocketStage;
  readonly table: ConnectionTable;
  readonly queues: BroadcastQueues;
  readonly fanOut: FanOutFunction;
  /** Absent with `alarms: false`. */
  readonly alarms?: FanOutAlarms;
  /** Absent unless `accessLogs` is true. */
  readonly accessLogs?: AccessLogs;
  readonly #handlers: Handlers;
  readonly #options: HandlerOptions;
  readonly #keyAttribute: string | undefined;
  readonly #functions = new Map<string, HandlerFunction>();
  readonly #routes = new Map<string, WebSocketRoute>();

  /** @throws {Error} if an option is wrong or a handler is unknown. The message names it. */
  constructor(scope: Construct, id: string, props: FanOutApiProps) {
    super(scope, id);
    checkFanOutApiProps(this, this.#name, props);
    this.#handlers = props.handlers;
    this.#options = mergeOptions(DEFAULTS, props);
    this.#keyAttribute = props.keyAttribute;

    this.api = new WebSocketApi(this, 'Api', { apiName: this.#name });
    const { logRetention: retention, removalPolicy } = this.#options;
    if (props.accessLogs) this.accessLogs = new AccessLogs(this, 'AccessLogs', { retention, removalPolicy });
    this.stage = this.#addStage(props);
    this.table = new ConnectionTable(this, 'Connections', { keyAttribute: props.keyAttribute, removalPolicy });
    const functionTimeout = fanOutTimeout(props);
    this.queues = new BroadcastQueues(this, 'Broadcasts', { functionTimeout, removalPolicy });
    const fanOutDefaults = { ...this.#options, memorySize: FAN_OUT_MEMORY_MB, timeout: functionTimeout };
    this.fanOut = new FanOutFunction(this, constructId(FAN_OUT), {
      ...fanOutNumbers(props),
      entry: props.handlers.entry(FAN_OUT),
      options: mergeOptions(fanOutDefaults, props.fanOut ?? {}),
      table: this.table,
      queues: this.queues,
      stage: this.stage,
    });
    this.fanOut.setEnvironment(this.#environment());
    const { alarms = {} } = props;
    const watched = { queues: this.queues, fanOut: this.fanOut, functionTimeout };
    if (alarms) this.alarms = new FanOutAlarms(this, 'Alarms', { ...alarms, ...watched });

    this.addRoute('$connect', props.connect);
    this.addRoute('$disconnect', props.disconnect);
    this.addRoute('$default', props.default);
  }

  /** The URL for clients: `wss://{api}.execute-api.{region}.amazonaws.com/{stage}`. */
  get webSocketUrl(): string {
    return this.stage.url;
  }

  /** The URL for a backend's posts: `https://{api}.execute-api.{region}.amazonaws.com/{stage}/@connections`. */
  get connectionsUrl(): string {
    return `${this.stage.callbackUrl}/@connections`;
  }

  /** The values that clients, backends and operators need, by the names of the stack's outputs. */
  get outputs(): Readonly<Record<string, string>> {
    return {
      WebSocketUrl: this.webSocketUrl,
      ConnectionsUrl: this.connectionsUrl,
      BroadcastQueueUrl: this.queues.queue.queueUrl,
      DeadLetterQueueUrl: this.queues.deadLetterQueue.queueUrl,
      ConnectionsTableName: this.table.tableName,
    };
  }

  /** The routes, by route key. */
  get routes(): ReadonlyMap<string, WebSocketRoute> {
    return this.#routes;
  }

  /** The functions of the routes and of the authorizer and the fan-out function, by the name of the handler. */
  get functions(): ReadonlyMap<string, HandlerFunction> {
    return new Map([...this.#functions, [FAN_OUT, this.fanOut]]);
  }

  /** The authorizer of `$connect`. Absent without the option `connect.authorizer`. */
  get authorizer(): WebSocketAuthorizer | undefined {
    return this.api.node.tryFindChild(AUTHORIZER) as WebSocketAuthorizer | undefined;
  }

  /** The function of a handler. @throws {Error} if no route and no authorizer uses the handler. */
  functionOf(handler: string): HandlerFunction {
    const present = this.functions.get(handler);
    if (!present)
      throw this.#error(`no route has the handler "${handler}". Handlers: ${[...this.functions.keys()].join(', ')}`);
    return present;
  }

  /**
   * Allows another function, a role or a service to broadcast: it may send to the broadcast queue, `queues.queue`. A
   * message is a record of `middy-fanout/schemas`, at least `{"v":1,"data":"text"}`.
   * @throws {Error} if the grantee has no principal.
   */
  grantBroadcast(grantee: IGrantable): Grant {
    if (grantee?.grantPrincipal === undefined)
      throw this.#error(`grantBroadcast: expected a function, a role or a principal, got ${describe(grantee)}`);
    return this.queues.queue.grant(grantee, 'sqs:SendMessage');
  }

  /**
   * Adds a route, and a function for its handler unless another route has added it: see `functionOf`.
   * @throws {Error} if an option is wrong, or differs from the options of the shared function; if the route exists
   * already; or if the handler is unknown, cannot serve the route, or would have the construct id of another handler.
   */
  addRoute(routeKey: string, options: RouteOptions = {}): WebSocketRoute {
    checkRoute(this.node.path, routeKey, options);
    this.#refuseSameRoute(routeKey);
    const { mock, authorizer } = options;
    const mocked = mock && new MockIntegration(mock);
    const route = this.api.addRoute(routeKey, {
      integration: mocked ?? this.#functionIntegration(routeKey, options),
      returnResponse: mock?.reply !== undefined,
      ...(authorizer && { authorizer: this.#addAuthorizer(authorizer) }),
    });
    mocked?.addResponse(route);
    this.#routes.set(routeKey, route);
    // So the first deployment has every route, and two changes of the API never run at the same time.
    this.stage.node.addDependency(route);
    if (routeKey !== '$connect')
      acknowledge(route, {
        id: 'AwsSolutions-APIG4',
        reason: 'AWS restricts authorization to $connect: a client that is connected may use every route.',
      });
    return route;
  }

  /** CDK makes a construct for each route, and its id has `--` in place of `/`. */
  #refuseSameRoute(routeKey: string): void {
    const idOf = (key: string) => key.replaceAll('/', '--');
    const other = [...this.#routes.keys()].find((key) => idOf(key) === idOf(routeKey));
    if (other === routeKey) throw this.#error(`the route "${routeKey}" was added twice${ownRoute(routeKey)}`);
    if (other !== undefined)
      throw this.#error(`the routes "${other}" and "${routeKey}" would have the same construct id: rename one`);
  }

  #functionIntegration(routeKey: string, options: RouteOptions): FunctionIntegration {
    const { handler: name = routeKey.replace('$', ''), can = [], environment = {} } = options;
    const { isOfFramework } = this.#handlers.entry(name);
    const onlyRoute = isOfFramework ? FRAMEWORK_ROUTES.get(name) : undefined;
    if (onlyRoute !== undefined && onlyRoute !== routeKey)
      throw this.#error(
        `the route "${routeKey}" has the framework's handler "${name}", which serves only ${onlyRoute}: give the route another handler`,
      );
    const handler = this.#functionOf(name, options);
    handler.setEnvironment(this.#environment());
    handler.setEnvironment(environment);
    this.#allowRoute(handler, routeKey);
    const frameworkCan = (isOfFramework && FRAMEWORK_CAN[name]) || [];
    for (const ability of [...frameworkCan, ...can]) this.#allowAbility(handler, ability);
    // Clients may use a route as soon as the stage exists.
    this.stage.node.addDependency(handler.permitRoutes(this.stage));
    return new FunctionIntegration(handler.function);
  }

  /** `$connect` and `$disconnect` do not post: their connection is not open yet, or no longer. */
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

  #addStage({ stageName = 'production', throttle }: FanOutApiProps): WebSocketStage {
    const stage = new WebSocketStage(this, 'Stage', {
      webSocketApi: this.api,
      stageName,
      autoDeploy: true,
      ...(throttle && { throttle }),
    });
    if (this.accessLogs) this.accessLogs.writeFrom(stage);
    else
      acknowledge(stage, {
        id: 'AwsSolutions-APIG1',
        reason:
          'API Gateway writes access logs with a role of the whole account. Without the role the deployment fails, and a stack that owns the role stops the logs of other APIs when it is deleted. The option accessLogs turns them on.',
      });
    return stage;
  }

  #addAuthorizer(options: AuthorizerOptions): WebSocketLambdaAuthorizer {
    const { identitySource = [], environment = {} } = options;
    this.#refuseFrameworkAuthorizer(options.handler);
    const handler = this.#functionOf(options.handler, options);
    // Pages from the API's own origin may connect without being listed.
    handler.setEnvironment({ AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI: this.stage.callbackUrl });
    handler.setEnvironment(environment);
    // CDK's default is the Authorization header, which a browser cannot set.
    const more = { identitySource: [...identitySource] };
    return new WebSocketLambdaAuthorizer(AUTHORIZER, handler.function, more);
  }

  /** The framework's handlers return no policy: API Gateway would answer every handshake with 500. */
  #refuseFrameworkAuthorizer(handler: string): void {
    if (handler !== FAN_OUT && this.#handlers.entry(handler).isOfFramework)
      throw this.#error(
        `the authorizer has the framework's handler "${handler}", which does not authorize: write a handler with authorizeConnect`,
      );
  }

  #functionOf(name: string, given: FunctionOptions): HandlerFunction {
    const present = this.#functions.get(name);
    present?.requireOptions(given);
    if (present) return present;
    const entry = this.#handlers.entry(name);
    this.#refuseSameFunction(name);
    const made = new HandlerFunction(this, constructId(name), { entry, options: mergeOptions(this.#options, given) });
    this.#functions.set(name, made);
    return made;
  }

  #refuseSameFunction(handler: string): void {
    if (handler === FAN_OUT)
      throw this.#error(
        `"${handler}" is the handler of the broadcast queue: give the route or the authorizer another handler`,
      );
    const other = [FAN_OUT, ...this.#functions.keys()].find((name) => constructId(name) === constructId(handler));
    if (other !== undefined)
      throw this.#error(
        `the handlers "${other}" and "${handler}" would have the same construct id: rename the file of one`,
      );
  }

  /** The variables of every function that uses `createServices`. */
  #environment(): Partial<Record<EnvironmentName, string>> & Record<string, string> {
    return {
      POWERTOOLS_SERVICE_NAME: this.#name,
      FAN_OUT_CONNECTIONS_TABLE: this.table.tableName,
      ...(this.#keyAttribute !== undefined && { FAN_OUT_CONNECTIONS_KEY: this.#keyAttribute }),
      FAN_OUT_BROADCAST_QUEUE_URL: this.queues.queue.queueUrl,
      AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI: this.stage.callbackUrl,
    };
  }

  /** The name of the API, and of the service in logs and metrics. */
  get #name(): string {
    return `${Stack.of(this).stackName}-${this.node.id}`;
  }

  #error(message: string): Error {
    return new Error(`${this.node.path}: ${message}`);
  }
}

/** `send-message` becomes `SendMessageHandler`. */
const constructId = (handler: string): string => {
  const words = handler.split(/[^A-Za-z0-9]+/).map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return `${words.join('')}Handler`;
};

const ownRoute = (routeKey: string): string =>
  routeKey.startsWith('$') ? `: FanOutApi itself adds it, use its option "${routeKey.slice(1)}"` : '';
