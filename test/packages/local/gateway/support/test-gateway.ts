import { Agent, request as httpRequest } from 'node:http';
import { SignatureV4 } from '@smithy/signature-v4';
import type { GatewayFaults } from '../../../../../packages/local/gateway/calls/gateway-faults.ts';
import { startGateway } from '../../../../../packages/local/gateway/start-gateway.ts';
import type {
  ApiMapping,
  Authority,
  Caller,
  Credentials,
  InvocationResult,
  Route,
  Stage,
  WebSocketApi,
} from '../../../../../packages/local/model/application.ts';
import type { GatewayLogEvent } from '../../../../../packages/local/model/local-event.ts';
import { createMovableClock } from '../../../../../packages/local/runtime/clock.ts';
import { Sha256 } from './sha256.ts';
import { TestClient } from './test-client.ts';

export const REGION = 'eu-central-1';
export const ACCOUNT_ID = '123456789012';
export const API_ID = 'abcdefghij';
export const DOMAIN_NAME = `${API_ID}.execute-api.${REGION}.amazonaws.com`;
export const DEVELOPER: Credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
export const FUNCTION: Credentials = { accessKeyId: 'ASIAFUNCTION', secretAccessKey: 'secret', sessionToken: 'token' };
const CALLERS: Readonly<Record<string, { credentials: Credentials; caller: Caller }>> = {
  [DEVELOPER.accessKeyId]: { credentials: DEVELOPER, caller: { kind: 'developer' } },
  [FUNCTION.accessKeyId]: {
    credentials: FUNCTION,
    caller: { kind: 'function', functionName: 'fan-out', roleArn: `arn:aws:iam::${ACCOUNT_ID}:role/fan-out` },
  },
};

// biome-ignore lint/suspicious/noExplicitAny: a test function accepts any event
export type TestFunction = (event: any) => unknown;

export interface TestGatewayOptions {
  /** The functions of the routes, by route key. */
  functions?: Readonly<Record<string, TestFunction>>;
  /** Routes that replace the routes of `functions`, or add to them. */
  routes?: readonly Route[];
  stages?: readonly Stage[];
  mappings?: readonly ApiMapping[];
  routeSelectionExpression?: string;
  authority?: Authority;
  /** Default `REGION`. */
  region?: string;
  faults?: GatewayFaults;
  port?: number;
}

export interface CallOptions {
  method?: string;
  body?: string | Buffer;
  /** `null` does not sign. */
  credentials?: Credentials | null;
  headers?: Record<string, string>;
  /** Changes the signed request before it goes out. */
  tamper?(request: { headers: Record<string, string>; path: string; body: string | Buffer }): void;
  signingDate?: Date;
}

export interface CallResponse {
  statusCode: number;
  headers: NodeJS.Dict<string | string[]>;
  body: string;
}

/** Starts a gateway on a free port. Its functions run in the test. */
export const startTestGateway = async (options: TestGatewayOptions = {}) => {
  const { region = REGION } = options;
  const clock = createMovableClock();
  const log: GatewayLogEvent[] = [];
  // biome-ignore lint/suspicious/noExplicitAny: tests read any field
  const events: any[] = [];
  const functions = options.functions ?? {};
  const invoke = async (functionName: string, event: unknown): Promise<InvocationResult> => {
    events.push(event);
    try {
      return { ok: true, payload: await (functions[functionName] as TestFunction)(event), durationMs: 0 };
    } catch (error) {
      const { name: errorType, message: errorMessage } = error as Error;
      return { ok: false, error: { errorType, errorMessage }, durationMs: 0 };
    }
  };
  const gateway = await startGateway({
    api: apiOf(options),
    region,
    accountId: ACCOUNT_ID,
    host: '127.0.0.1',
    port: options.port ?? 0,
    invoker: { invoke },
    keyring: { find: (accessKeyId) => CALLERS[accessKeyId] },
    authority: options.authority ?? { decide: () => ({ allowed: true }) },
    clock,
    ...(options.faults && { faults: options.faults }),
    log: (event) => log.push(event),
  });
  const clients: TestClient[] = [];
  const agent = new Agent({ keepAlive: true });
  const connect: (path?: string, ...rest: Rest) => TestClient = (path = '/production', ...rest) => {
    const client = new TestClient(`ws://127.0.0.1:${gateway.port}${path}`, ...rest);
    clients.push(client);
    return client;
  };

  return {
    gateway,
    clock,
    log,
    events,
    connect,
    call: (path: string, call: CallOptions = {}) => signedCall(agent, gateway.port, region, path, call),
    stop: async () => {
      for (const { webSocket } of clients) webSocket.terminate();
      agent.destroy();
      await gateway.stop();
    },
  };
};

type Rest = ConstructorParameters<typeof TestClient> extends [string, ...infer Others] ? Others : never;
export type TestGateway = Awaited<ReturnType<typeof startTestGateway>>;

const apiOf = ({
  functions = {},
  routes = [],
  stages,
  mappings = [],
  routeSelectionExpression,
}: TestGatewayOptions): WebSocketApi => ({
  logicalId: 'Chat',
  apiId: API_ID,
  name: 'chat',
  routeSelectionExpression: routeSelectionExpression ?? '$request.body.action',
  stages: stages ?? [{ name: 'production', variables: {} }],
  mappings,
  routes: [
    ...Object.keys(functions)
      .filter((name) => !routes.some(({ routeKey }) => routeKey === name))
      .map(
        (name): Route => ({
          routeKey: name,
          integration: { type: 'lambda', functionName: name, timeoutMs: 29_000 },
          twoWay: false,
        }),
      ),
    ...routes,
  ],
});

const signedCall = async (
  agent: Agent,
  port: number,
  region: string,
  path: string,
  call: CallOptions,
): Promise<CallResponse> => {
  const { method = 'POST', body = '', credentials = DEVELOPER } = call;
  const request = {
    method,
    protocol: 'http:',
    hostname: '127.0.0.1',
    path,
    headers: { host: `127.0.0.1:${port}`, ...call.headers },
    body,
  };
  const signer = new SignatureV4({
    credentials: credentials ?? DEVELOPER,
    region,
    service: 'execute-api',
    sha256: Sha256,
  });
  const signed = credentials ? await signer.sign(request, { signingDate: call.signingDate ?? new Date() }) : request;
  const sent = { headers: signed.headers, path, body };
  call.tamper?.(sent);
  return send(agent, port, method, sent);
};

const send = (
  agent: Agent,
  port: number,
  method: string,
  { headers, path, body }: { headers: Record<string, string>; path: string; body: string | Buffer },
): Promise<CallResponse> =>
  new Promise((resolve, reject) => {
    const request = httpRequest({ port, host: '127.0.0.1', method, path, headers, agent }, async (response) => {
      const chunks: Buffer[] = await response.toArray();
      const { statusCode = 0 } = response;
      resolve({ statusCode, headers: response.headers, body: Buffer.concat(chunks).toString() });
    });
    request.on('error', reject);
    request.end(body);
  });
