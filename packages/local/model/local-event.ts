/** An event of a local run. `--json` prints one on each line. */
export type LocalEvent =
  | ReadyEvent
  | QueueEvent
  | FunctionLogEvent
  | (GatewayLogEvent & { api: string })
  /** New code or a new definition, which runs from the next event on. */
  | { type: 'reloaded'; functions: readonly string[]; durationMs: number }
  /** One sentence for the developer. */
  | { type: 'notice'; line: string };

export type LocalLog = (event: LocalEvent) => void;

/** The running application and its URLs. */
export interface ReadyEvent {
  type: 'ready';
  name: string;
  apis: readonly {
    name: string;
    /** `ws://127.0.0.1:3001/production` */
    webSocketUrl: string;
    /** `http://127.0.0.1:3001/production`: the SDK's endpoint; calls go to `/@connections/{id}` below it. */
    connectionsUrl: string;
    /** Custom domain names of the API (`ws.example.com/chat`), for clients that send them as `Host`. */
    customDomains: readonly string[];
    /** Clients must sign their handshake. */
    iamAuthorization: boolean;
    /** `$request.body.action` */
    routeSelectionExpression: string;
    routes: readonly { routeKey: string; functionName?: string }[];
  }[];
  /** One sentence that says which files are watched and what a change does. Absent if nothing is watched. */
  reload?: string;
  /** URL of the page, if it is served. */
  page?: string;
  /** URL that answers with a token of the application's user pool, if tokens are issued. */
  tokenUrl?: string;
  functions: readonly string[];
  /** Logical ids of the functions, by function name. */
  logicalIds: Readonly<Record<string, string>>;
  queues: readonly { name: string; url: string }[];
  tables: readonly string[];
  /** Warnings, one sentence each: something runs here and fails or differs on AWS. */
  notices: readonly string[];
}

/** The state of a queue that is not empty, about once a second, and once more when it is empty again. */
export interface QueueEvent {
  type: 'queue';
  name: string;
  visible: number;
  inFlight: number;
  oldestAgeMs: number;
}

/**
 * A log event of the gateway. `connection` is a short hash, because anyone who has the connection id can post to it. No
 * event contains the text of a message. `why` may contain the Host or Upgrade header of a refused handshake, or the
 * first 300 characters of a function's answer that was not a success: show it, but do not write it to a file. `reason`
 * comes from the client.
 */
export type GatewayLogEvent =
  | { type: 'connected'; connection: string; stage: string }
  | { type: 'disconnected'; connection: string; code: number; reason: string }
  /** The handshake was refused. The client sees the status, but not `why`. */
  | { type: 'refused'; statusCode: number; why: string }
  /** The gateway closed the connection because of what the client sent. The client sees the code, but not `why`. */
  | { type: 'closed'; connection: string; code: number; why: string }
  /** A route's integration gave an invalid answer or a status of 400 or more. Without `routeKey`: no route matched. */
  | { type: 'failed'; connection: string; routeKey?: string; requestId: string; why: string }
  /**
   * A request other than a handshake was refused before its connection was looked up. `call` omits the id and the
   * query.
   */
  | { type: 'call-refused'; call: string; statusCode: number; why: string };

export type GatewayLog = (event: GatewayLogEvent) => void;

/** A log event of a function. */
export type FunctionLogEvent =
  | {
      type: 'invocation';
      functionName: string;
      /** Route key of a WebSocket event. */
      routeKey?: string;
      /** Hash of the connection id of a WebSocket event. */
      connection?: string;
      /** Number of records in a queue's batch. */
      records?: number;
      durationMs: number;
      ok: boolean;
      coldStart: boolean;
      /** Time to load the code, on a cold start. */
      initMs?: number;
      /** Why it failed: `Runtime.ExitError: …` */
      error?: string;
    }
  /** A line that a function printed. */
  | { type: 'log'; functionName: string; line: string }
  /** One sentence about something that works here and fails on Lambda. */
  | { type: 'warning'; functionName: string; line: string };

export type FunctionLog = (event: FunctionLogEvent) => void;
