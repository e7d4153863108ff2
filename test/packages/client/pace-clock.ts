import { setTimeout as pause } from 'node:timers/promises';
import type { LocalRun } from '../../../packages/local/run/start-local.ts';
import type { MovableClock } from '../../../packages/local/runtime/clock.ts';

/** A client waits this long for an answer, in milliseconds. */
const ANSWER_MS = 10_000;

/** A socket of the platform that knows what it waits for. */
export interface PacedSocket extends WebSocket {
  readonly isWaiting: boolean;
}

interface Pace {
  /** For the client: its sockets are counted. */
  WebSocket: new (
    url: string,
    protocols: string[],
  ) => PacedSocket;
  /** The sockets that are not closed. */
  sockets: ReadonlySet<PacedSocket>;
  /** Lets virtual time pass until something holds. @throws {Error} if it does not hold after `mostMs` of virtual time. */
  passUntil(holds: () => boolean, mostMs?: number): Promise<void>;
}

/**
 * Moves a clock only while nothing is on its way: otherwise a busy machine would look like a silent server.
 * @param stepMs Virtual time of a step, less than a client waits for an answer.
 */
export const createPace = (clock: MovableClock, run: () => LocalRun, stepMs: number): Pace => {
  const sockets = new Set<PacedWebSocket>();
  class PacedWebSocket extends WebSocket {
    /** When each question was sent that has no answer yet. */
    readonly #asked = new Map<unknown, number>();

    constructor(url: string, protocols: string[]) {
      super(url, protocols);
      sockets.add(this);
      this.addEventListener('close', () => sockets.delete(this));
      this.addEventListener('message', ({ data }) => {
        for (const { ackId } of [JSON.parse(data)].flat()) this.#asked.delete(ackId);
      });
    }

    override send(text: string): void {
      this.#asked.set(JSON.parse(text).ackId, clock.now());
      super.send(text);
    }

    /** An answer that is lost is not awaited for longer than the client does. */
    get isWaiting(): boolean {
      const isAsking = [...this.#asked.values()].some((at) => clock.now() - at < ANSWER_MS);
      return this.readyState === WebSocket.CONNECTING || isAsking;
    }
  }

  const isBusy = (): boolean => run().invocations() > 0 || [...sockets].some((socket) => socket.isWaiting);
  const pass = async (): Promise<void> => {
    for (let tries = 0; tries < 1_000 && isBusy(); tries++) await pause(5);
    await pause(10);
  };

  return {
    WebSocket: PacedWebSocket,
    sockets,
    passUntil: async (holds, mostMs = 1_200_000) => {
      const endsAt = clock.now() + mostMs;
      for (await pass(); !holds(); await pass()) {
        if (clock.now() > endsAt) throw new Error(`It does not hold after ${mostMs / 1_000} virtual seconds`);
        await clock.advance(stepMs);
      }
    },
  };
};
