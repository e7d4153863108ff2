/** The parts of the platform that the client uses. Each has a default. For tests, and for platforms without them. */
export interface Runtime {
  /** Default: `globalThis.WebSocket`. */
  WebSocket: new (
    url: string,
    protocols: string[],
  ) => WebSocket;
  /** Returns epoch milliseconds. */
  now(): number;
  /** Calls back once. @returns a function that cancels the call. */
  after(delayMs: number, callback: () => void): () => void;
  /** Returns a number from 0 to 1, without 1. */
  random(): number;
}

/** @throws {Error} if the platform has no WebSocket. */
export const createRuntime = (given: Partial<Runtime> = {}): Runtime => {
  const { WebSocket = globalThis.WebSocket } = given;
  if (!WebSocket) throw new Error('This platform has no WebSocket: pass one, { runtime: { WebSocket } }');
  return {
    now: Date.now,
    after: (delayMs, callback) => {
      const timer = setTimeout(callback, delayMs);
      return () => clearTimeout(timer);
    },
    random: Math.random,
    ...given,
    WebSocket,
  };
};
