/** What the functions have to say to the developer. */
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
