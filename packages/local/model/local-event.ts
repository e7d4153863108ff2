import type { FunctionLogEvent } from '../functions/function-log.ts';
import type { GatewayLogEvent } from '../gateway/gateway-log.ts';

/** What is run and where it is reached. */
export interface ReadyEvent {
  type: 'ready';
  name: string;
  apis: readonly {
    name: string;
    /** `ws://127.0.0.1:3001/production` */
    webSocketUrl: string;
    /** `http://127.0.0.1:3001/production`: the SDK's endpoint; calls go to `/@connections/{id}` below it. */
    connectionsUrl: string;
    /** Custom domain names that lead to it, `ws.example.com/chat`, for who sends them as `Host`. */
    customDomains: readonly string[];
    /** Whoever connects has to sign. */
    iamAuthorization: boolean;
    routes: readonly { routeKey: string; functionName?: string }[];
  }[];
  /** Where the page is, if one is served. */
  page?: string;
  functions: readonly string[];
  /** Of the functions, by name. */
  logicalIds: Readonly<Record<string, string>>;
  queues: readonly { name: string; url: string }[];
  tables: readonly string[];
  /** What runs here and will disappoint on AWS, a sentence each. */
  notices: readonly string[];
}

/** State of a queue that is not empty, about once a second, and once more when it is empty again. */
export interface QueueEvent {
  type: 'queue';
  name: string;
  visible: number;
  inFlight: number;
  oldestAgeMs: number;
}

/** What a local run has to say. `--json` prints these, one a line. */
export type LocalEvent =
  | ReadyEvent
  | QueueEvent
  | FunctionLogEvent
  | (GatewayLogEvent & { api: string })
  /** New code or a new definition runs from the next event on. */
  | { type: 'reloaded'; functions: readonly string[]; durationMs: number }
  /** One sentence for the developer. */
  | { type: 'notice'; line: string };

export type LocalLog = (event: LocalEvent) => void;
