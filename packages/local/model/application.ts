/**
 * The resources that the local run runs. Plain data: `template/` reads it once from the synthesized templates, for the
 * gateway, the functions, the event sources and the policies. Every intrinsic function is resolved.
 */
export interface Application {
  /** Names of the stacks, for messages. */
  name: string;
  region: string;
  accountId: string;
  apis: readonly WebSocketApi[];
  functions: readonly LambdaFunction[];
  tables: readonly Table[];
  queues: readonly Queue[];
  eventSources: readonly EventSource[];
  userPools: readonly UserPool[];
  outputs: StackOutputs;
}

/** The outputs of each stack by its name, as `cdk deploy --outputs-file` writes them. */
export type StackOutputs = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** A user pool of Amazon Cognito, whose tokens functions verify. */
export interface UserPool {
  /** `eu-west-1_AbCdEfGhI` */
  id: string;
  clientIds: readonly string[];
  /** The pool exists in an account: its id is not made up here. */
  isReal: boolean;
}

export interface WebSocketApi {
  logicalId: string;
  /** Ten lower-case letters and digits, as on AWS. Always the same for a logical id. */
  apiId: string;
  name: string;
  /** `$request.body.action` */
  routeSelectionExpression: string;
  mappings: readonly ApiMapping[];
  stages: readonly Stage[];
  routes: readonly Route[];
}

export interface Stage {
  name: string;
  variables: Readonly<Record<string, string>>;
  /** Requests a second, and bucket size. Absent if the template sets no throttling. */
  throttle?: { rateLimit: number; burstLimit: number };
}

/** The target of a custom domain name. */
export interface ApiMapping {
  domainName: string;
  /**
   * `chat`, `chat/v1`: the start of the path, in place of the stage. Empty if the domain name alone selects the stage.
   */
  basePath: string;
  stageName: string;
}

export interface Route {
  routeKey: string;
  integration?: Integration;
  authorizer?: Authorizer;
  /** A client must sign its handshake and be allowed `execute-api:Invoke`. */
  iamAuthorization?: boolean;
  validation?: ModelValidation;
  /** The route has a route response, so its integration's answer goes to the caller. */
  twoWay: boolean;
}

/** The validation of a route's messages before its integration runs. */
export interface ModelValidation {
  selectionExpression: string;
  /** JSON Schemas (draft 4) by the selected key; `$default` for every other message. */
  models: Readonly<Record<string, object>>;
}

export type Integration =
  | { type: 'lambda'; functionName: string; timeoutMs: number }
  | {
      type: 'mock';
      templateSelectionExpression?: string;
      requestTemplates: Readonly<Record<string, string>>;
      responses: readonly {
        key: string;
        templateSelectionExpression?: string;
        responseTemplates: Readonly<Record<string, string>>;
      }[];
    };

export interface Authorizer {
  logicalId: string;
  functionName: string;
  /** `route.request.header.Auth`, `route.request.querystring.token`, `context.…`, `stageVariables.…`. All must be present. */
  identitySources: readonly string[];
}

export interface LambdaFunction {
  logicalId: string;
  /** Its name here and in ARNs. */
  functionName: string;
  arn: string;
  /** `nodejs24.x` */
  runtime: string;
  /** `index.handler`, `send-message.handler`, `folder/file.handler` */
  handler: string;
  /** Folder of the unpacked asset, absolute. */
  codePath: string;
  environment: Readonly<Record<string, string>>;
  timeoutMs: number;
  memoryMb: number;
  /** Most instances at the same time. Absent: the run's own limit. */
  reservedConcurrency?: number;
  recursiveLoop: 'Terminate' | 'Allow';
  /** ARN of its role, whose statements are in {@link Policies}. */
  roleArn: string;
}

export interface Table {
  logicalId: string;
  tableName: string;
  arn: string;
  /** The table's properties, as `CreateTable` takes them. */
  definition: Readonly<Record<string, unknown>>;
  ttlAttribute?: string;
}

export interface Queue {
  logicalId: string;
  queueName: string;
  arn: string;
  url: string;
  /** SQS attributes by their API names, values as text: `VisibilityTimeout`, `RedrivePolicy`… */
  attributes: Readonly<Record<string, string>>;
}

export interface EventSource {
  logicalId: string;
  queueArn: string;
  functionName: string;
  batchSize: number;
  batchingWindowSeconds: number;
  reportBatchItemFailures: boolean;
  /** Most batches at the same time. Absent if the template sets no maximum. */
  maximumConcurrency?: number;
  enabled: boolean;
}

/** One statement of a policy. Single values are arrays here, and intrinsic functions are resolved. */
export interface Statement {
  /** For the report: `ChatSendMessageRoleDefaultPolicy/0` */
  id: string;
  effect: 'Allow' | 'Deny';
  actions: readonly string[];
  notActions?: readonly string[];
  resources: readonly string[];
  notResources?: readonly string[];
  principals?: readonly string[];
  conditions?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

export interface Policies {
  /** By role ARN. */
  identity: ReadonlyMap<string, readonly Statement[]>;
  /** By resource ARN: queue policies. */
  resource: ReadonlyMap<string, readonly Statement[]>;
}

/** Invokes functions for the gateway and the event sources. */
export interface Invoker {
  /** Runs one event. Waits while all instances are busy. Never rejects: an error of the function is a result. */
  invoke(functionName: string, event: unknown, options?: InvokeOptions): Promise<InvocationResult>;
}

export interface InvokeOptions {
  /** `X-Amzn-Trace-Id` of the event's cause. Its `Lineage` counts the rounds of a function → queue → function loop. */
  traceHeader?: string;
}

export type InvocationResult =
  | { ok: true; payload: unknown; durationMs: number }
  | { ok: false; error: { errorType: string; errorMessage: string }; durationMs: number };

/** The caller of a service, found by the access key of the request. A `developer` may do everything. */
export type Caller = { kind: 'developer' } | { kind: 'function'; functionName: string; roleArn: string };

/** Access keys that the run handed out. */
export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

/** Looks up an access key. */
export interface Keyring {
  find(accessKeyId: string): { credentials: Credentials; caller: Caller } | undefined;
}

/** Decides a request. `message` is the service's own refusal. */
export interface Authority {
  decide(caller: Caller, action: string, resourceArn: string): { allowed: true } | { allowed: false; message: string };
}
