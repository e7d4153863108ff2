/**
 * What a synthesized template asks to be run: plain data, made once by `template/`, read by the gateway, the functions,
 * the event sources and the policies. Every intrinsic function is resolved in it.
 */
export interface Application {
  /** Where the template came from, for messages. */
  name: string;
  region: string;
  accountId: string;
  apis: readonly WebSocketApi[];
  functions: readonly LambdaFunction[];
  tables: readonly Table[];
  queues: readonly Queue[];
  eventSources: readonly EventSource[];
  outputs: StackOutputs;
}

/** What each stack says of itself, by its name: what `cdk deploy --outputs-file` writes. */
export type StackOutputs = Readonly<Record<string, Readonly<Record<string, string>>>>;

export interface WebSocketApi {
  logicalId: string;
  /** Ten lower-case letters and digits, as AWS's. Stable for a logical id. */
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
  /** Requests a second and bucket; absent where the template sets none. */
  throttle?: { rateLimit: number; burstLimit: number };
}

/** What a custom domain name leads to. */
export interface ApiMapping {
  domainName: string;
  /** `chat`, `chat/v1`: the beginning of the path, which stands for the stage; empty where the domain name alone does. */
  basePath: string;
  stageName: string;
}

export interface Route {
  routeKey: string;
  integration?: Integration;
  authorizer?: Authorizer;
  /** Whoever connects has to sign, and be allowed `execute-api:Invoke`. */
  iamAuthorization?: boolean;
  validation?: ModelValidation;
  /** The route has a route response, so that what its integration answers goes to the caller. */
  twoWay: boolean;
}

/** What a route's messages must be before its integration is asked. */
export interface ModelValidation {
  selectionExpression: string;
  /** JSON Schemas, draft 4, by what the expression selects; `$default` for all else. */
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
  /** What it is called here and in ARNs. */
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
  /** Most instances at once: reserved concurrency, else the run's own limit. */
  reservedConcurrency?: number;
  recursiveLoop: 'Terminate' | 'Allow';
  /** Logical id of its role; its statements are in {@link Policies}. */
  roleArn: string;
}

export interface Table {
  logicalId: string;
  tableName: string;
  arn: string;
  /** The CloudFormation properties that `CreateTable` takes too. */
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
  /** Most batches at once; absent where the template sets none. */
  maximumConcurrency?: number;
  enabled: boolean;
}

/** One statement, wherever it came from, with its arrays made and its intrinsics resolved. */
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

/** What the gateway and the event sources need of a function. */
export interface Invoker {
  /** Runs one event. Waits while all instances are busy. Never rejects: an error of the function is a result. */
  invoke(functionName: string, event: unknown, options?: InvokeOptions): Promise<InvocationResult>;
}

export interface InvokeOptions {
  /** `X-Amzn-Trace-Id` of what led to this event. Its `Lineage` counts the rounds of a function → queue → function loop. */
  traceHeader?: string;
}

export type InvocationResult =
  | { ok: true; payload: unknown; durationMs: number }
  | { ok: false; error: { errorType: string; errorMessage: string }; durationMs: number };

/** Who calls a service, by the access key of the request. `developer` may do everything. */
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
