import { Duration, Lazy, RemovalPolicy, Stack } from 'aws-cdk-lib';
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
import { rulesOf } from '../../schemas/channels/define-channels.ts';
import type { EnvironmentName } from '../../schemas/environment.ts';
import type { Handlers } from '../bundling/handlers.ts';
import { ChannelFanOutFunction } from '../channels/channel-fan-out-function.ts';
import { channelFanOutNumbers, matchesSomeChannel } from '../channels/channel-options.ts';
import { type ChannelAbility, ChannelStore } from '../channels/channel-store.ts';
import { acknowledge } from '../functions/acknowledge.ts';
import { allowConnections } from '../functions/allow-connections.ts';
import { describe } from '../functions/check-options.ts';
import { type FunctionOptions, mergeOptions } from '../functions/function-options.ts';
import { HandlerFunction, type HandlerOptions } from '../functions/handler-function.ts';
import { AccessLogs } from './access-logs.ts';
import { BroadcastQueues } from './broadcast-queues.ts';
import { ConnectionTable } from './connection-table.ts';
import { FanOutAlarms } from './fan-out-alarms.ts';
import {
  channelPostsPerSecond,
  checkFanOutApiProps,
  type FanOutApiProps,
  fanOutNumbers,
  fanOutTimeout,
} from './fan-out-api-props.ts';
import { FanOutFunction } from './fan-out-function.ts';
import { FunctionIntegration, MockIntegration } from './route-integrations.ts';
import { type Ability, type AuthorizerOptions, checkRoute, type RouteOptions } from './route-options.ts';

/** The handler of the broadcast queue. */
const FAN_OUT = 'fan-out';
/** The framework's handler of the queue of channels, and the application's handler of the routes of channels. */
const [CHANNEL_FAN_OUT, CHANNELS] = ['channel-fan-out', 'channels'];
const CHANNEL_ROUTES = ['subscribe', 'unsubscribe', 'publish', 'sync', 'members'];
const CHANNEL_ABILITIES: readonly Ability[] = ['publish', 'subscribe', 'members'];
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
  /** The table and the queues of channels. Absent without the option `channels`. */
  readonly channels?: ChannelStore;
  /** The function that posts the messages of channels. Absent without the option `channels`. */
  readonly channelFanOut?: ChannelFanOutFunction;
  /** Absent with `alarms: false`. */
  readonly alarms?: FanOutAlarms;
  /** Absent unless `accessLogs` is true. */
  readonly accessLogs?: AccessLogs;
  readonly #handlers: Handlers;
  readonly #options: HandlerOptions;
  readonly #keyAttribute: string | undefined;
  readonly #functions = new Map<string, HandlerFunction>();
  readonly #routes = new Map<string, WebSocketRoute>();
  /** The channels that each function may publish to, by the name of its handler. */
  readonly #mayPublish = new Map<string, Set<string>>();

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
    if (props.channels) {
      this.channels = this.#addChannelStore(props);
      this.channelFanOut = this.#addChannelFanOut(props, this.channels);
      this.channels.allowFanOut(this.fanOut);
      for (const handler of [this.fanOut, this.channelFanOut]) handler.setEnvironment(this.channels.rulesEnvironment);
      this.channelFanOut.setEnvironment(this.#environment());
    }
    this.fanOut.setEnvironment(this.#environment());
    const { alarms = {} } = props;
    const { channels, channelFanOut } = this;
    const watched = {
      queues: this.queues,
      fanOut: this.fanOut,
      functionTimeout,
      ...(channels && channelFanOut && { channels: { store: channels, fanOut: channelFanOut } }),
    };
    if (alarms) this.alarms = new FanOutAlarms(this, 'Alarms', { ...alarms, ...watched });

    this.addRoute('$connect', props.connect);
    this.addRoute('$disconnect', props.disconnect);
    this.addRoute('$default', props.default);
    if (channels) this.#addChannelRoutes(channels);
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
      ...(this.channels && {
        ChannelQueueUrl: this.channels.queue.queueUrl,
        ChannelDeadLetterQueueUrl: this.channels.deadLetterQueue.queueUrl,
        ChannelsTableName: this.channels.table.tableName,
      }),
    };
  }

  /** The routes, by route key. */
  get routes(): ReadonlyMap<string, WebSocketRoute> {
    return this.#routes;
  }

  /** The functions of the routes and of the authorizer and the fan-out functions, by the name of the handler. */
  get functions(): ReadonlyMap<string, HandlerFunction> {
    const { channelFanOut } = this;
    return new Map([
      ...this.#functions,
      [FAN_OUT, this.fanOut],
      ...(channelFanOut ? [[CHANNEL_FAN_OUT, channelFanOut] as const] : []),
    ]);
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
    this.#requireGrantee('grantBroadcast', grantee);
    return this.queues.queue.grant(grantee, 'sqs:SendMessage');
  }

  /**
   * Allows another function, a role or a service to publish to channels: it may send to the queue of channels,
   * `channels.queue`. A message is a record of `middy-fanout/schemas`, at least
   * `{"v":1,"channel":"room:42","data":"text"}`, and its message group is the channel.
   * @throws {Error} if the API has no channels, or the grantee has no principal.
   */
  grantPublish(grantee: IGrantable): Grant {
    this.#requireGrantee('grantPublish', grantee);
    return this.#requireChannels('grantPublish').queue.grant(grantee, 'sqs:SendMessage');
  }

  #requireGrantee(method: string, grantee: IGrantable): void {
    if (grantee?.grantPrincipal === undefined)
      throw this.#error(`${method}: expected a function, a role or a principal, got ${describe(grantee)}`);
  }

  #requireChannels(what: string): ChannelStore {
    if (!this.channels) throw this.#error(`${what}: the API has no channels, set its option channels`);
    return this.channels;
  }

  #addChannelStore({ channels, channelFanOut }: FanOutApiProps): ChannelStore {
    if (!this.#handlers.names.includes(CHANNELS))
      throw this.#error(
        `channels: there is no handler "${CHANNELS}". Write handlers/${CHANNELS}.ts: export const handler = channelRoutes(channels)`,
      );
    return new ChannelStore(this, 'Channels', {
      rules: channels ? rulesOf(channels) : {},
      broadcastQueue: this.queues.queue,
      functionTimeout: channelFanOutNumbers(channelFanOut).timeout,
      removalPolicy: this.#options.removalPolicy,
    });
  }

  #addChannelFanOut(props: FanOutApiProps, { table, queue, deadLetterQueue }: ChannelStore): ChannelFanOutFunction {
    const { timeout, maxConcurrency } = channelFanOutNumbers(props.channelFanOut);
    const defaults = { ...this.#options, memorySize: FAN_OUT_MEMORY_MB, timeout };
    return new ChannelFanOutFunction(this, constructId(CHANNEL_FAN_OUT), {
      entry: this.#handlers.entry(CHANNEL_FAN_OUT),
      options: mergeOptions(defaults, props.channelFanOut ?? {}),
      connections: this.table,
      channels: table,
      queue,
      deadLetterQueue,
      broadcasts: this.queues,
      stage: this.stage,
      maxConcurrency,
      postsPerSecond: channelPostsPerSecond(props),
    });
  }

  #addChannelRoutes(channels: ChannelStore): void {
    for (const routeKey of CHANNEL_ROUTES) this.addRoute(routeKey, { handler: CHANNELS });
    channels.allowRoutes(this.functionOf(CHANNELS));
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
    if (other === routeKey) throw this.#error(`the route "${routeKey}" was added twice${this.#ownRoute(routeKey)}`);
    if (other !== undefined)
      throw this.#error(`the routes "${other}" and "${routeKey}" would have the same construct id: rename one`);
  }

  #ownRoute(routeKey: string): string {
    if (routeKey.startsWith('$')) return `: FanOutApi itself adds it, use its option "${routeKey.slice(1)}"`;
    return this.channels && CHANNEL_ROUTES.includes(routeKey)
      ? ': it is a route of channels, which FanOutApi itself adds. Give yours another name'
      : '';
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
    for (const ability of can) this.#allowChannels(routeKey, name, handler, ability);
    // Clients may use a route as soon as the stage exists.
    this.stage.node.addDependency(handler.permitRoutes(this.stage));
    return new FunctionIntegration(handler.function);
  }

  /** `$connect` and `$disconnect` do not post: their connection is not open yet, or no longer. */
  #allowRoute(handler: HandlerFunction, routeKey: string): void {
    const action = routeKey === '$connect' ? 'dynamodb:PutItem' : 'dynamodb:DeleteItem';
    handler.allow([action], this.table.tableArn);
    if (routeKey !== '$connect' && routeKey !== '$disconnect') allowConnections(handler, this.stage, 'POST');
    if (routeKey === '$connect') this.channels?.allowConnect(handler);
    if (routeKey === '$disconnect') this.channels?.allowDisconnect(handler);
  }

  #allowAbility(handler: HandlerFunction, ability: Ability): void {
    if (ability === 'broadcast') handler.allow(['sqs:SendMessage'], this.queues.queue.queueArn);
    if (ability === 'keep') handler.allow(['dynamodb:PutItem'], this.table.tableArn);
    if (ability === 'inspect') allowConnections(handler, this.stage, 'GET');
    if (ability === 'disconnect') allowConnections(handler, this.stage, 'DELETE');
  }

  #allowChannels(routeKey: string, name: string, handler: HandlerFunction, ability: Ability): void {
    const pattern = typeof ability === 'object' ? ability.publish : '*';
    const kind = typeof ability === 'object' ? 'publish' : ability;
    if (!isChannelAbility(kind)) return;
    const route = `the route "${routeKey}": can`;
    const channels = this.#requireChannels(`${route}: ${kind}`);
    if (!matchesSomeChannel(pattern, channels.rules))
      throw this.#error(
        `${route}: publish: no channel matches "${pattern}". The channels are ${Object.keys(channels.rules).join(', ')}`,
      );
    channels.allowAbility(handler, kind);
    if (kind === 'publish') this.#restrictPublish(name, handler, pattern);
  }

  /** The routes of a function may publish to different channels: the function may publish to all of them. */
  #restrictPublish(name: string, handler: HandlerFunction, pattern: string): void {
    const patterns = this.#mayPublish.get(name) ?? new Set();
    if (patterns.size === 0) {
      const list = () => (patterns.has('*') ? undefined : JSON.stringify([...patterns]));
      handler.function.addEnvironment('FAN_OUT_MAY_PUBLISH' satisfies EnvironmentName, Lazy.string({ produce: list }));
    }
    this.#mayPublish.set(name, patterns.add(pattern));
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
    if (handler !== FAN_OUT && handler !== CHANNEL_FAN_OUT && this.#handlers.entry(handler).isOfFramework)
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
    const queues = new Map([
      [FAN_OUT, 'broadcast queue'],
      ...(this.channels ? [[CHANNEL_FAN_OUT, 'queue of channels'] as const] : []),
    ]);
    if (queues.has(handler))
      throw this.#error(
        `"${handler}" is the handler of the ${queues.get(handler)}: give the route or the authorizer another handler`,
      );
    const other = [...queues.keys(), ...this.#functions.keys()].find(
      (name) => constructId(name) === constructId(handler),
    );
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
      ...this.channels?.environment,
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

const isChannelAbility = (kind: string): kind is ChannelAbility => CHANNEL_ABILITIES.some((one) => one === kind);
