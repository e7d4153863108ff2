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

/**
 * What the gateway tells the developer. `connection` is a short hash, because whoever has the connection id can post to
 * it. No event carries the text of a message. `why` may hold the Host or Upgrade header of a refused handshake, or the
 * first 300 characters of what a function answered instead of success: show it, but write it to no file. `reason` is the
 * client's.
 */
export type GatewayLogEvent =
  | { type: 'connected'; connection: string; stage: string }
  | { type: 'disconnected'; connection: string; code: number; reason: string }
  /** The handshake was refused. `why` is for the developer; the client sees the status. */
  | { type: 'refused'; statusCode: number; why: string }
  /** The gateway closed the connection for what the client sent. `why` is for the developer; the client sees the code. */
  | { type: 'closed'; connection: string; code: number; why: string }
  /** A route's integration answered nothing usable, or a status of 400 or more. Without `routeKey`: no route was found. */
  | { type: 'failed'; connection: string; routeKey?: string; requestId: string; why: string }
  /** A request that is no handshake was refused before a connection was looked up. `call` has no connection id or query. */
  | { type: 'call-refused'; call: string; statusCode: number; why: string };

export type GatewayLog = (event: GatewayLogEvent) => void;

/** What the functions tell the developer. */
export type FunctionLogEvent =
  | {
      type: 'invocation';
      functionName: string;
      /** Of a WebSocket event. */
      routeKey?: string;
      /** Records of a queue's batch. */
      records?: number;
      durationMs: number;
      ok: boolean;
      coldStart: boolean;
      /** Loading the code, on a cold start. */
      initMs?: number;
      /** Why it failed: `Runtime.ExitError: …` */
      error?: string;
    }
  /** What a function printed. */
  | { type: 'log'; functionName: string; line: string }
  /** What a function did that Lambda would not forgive, in one sentence. */
  | { type: 'warning'; functionName: string; line: string };

export type FunctionLog = (event: FunctionLogEvent) => void;
