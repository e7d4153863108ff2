import { ClientError, type Violation } from '../client-error.ts';
import type { Deadlines } from '../deadlines.ts';
import type { Connection, Frame } from './connection.ts';

/** Our choice: a frame without an answer for this long is sent again, if it may be. In milliseconds. */
export const ANSWER_MS = 10_000;
/** Longest frame that API Gateway accepts from a browser, in bytes. */
const MAX_FRAME_BYTES = 32 * 1_024;

export interface CallRequest {
  /** With its `action`. */
  frame: object;
  /** Time until the answer, from now. In milliseconds. */
  lifeMs: number;
  /** Whether it may be sent more than once. */
  repeats?: boolean;
  /** Calls of a lane are sent one after the other: each waits for the answer of the one before. */
  lane?: string;
  signal?: AbortSignal | undefined;
  /** A question of the client itself, on this connection. It does not count for the capacity. */
  via?: Connection;
}

interface Call extends CallRequest {
  id: number;
  /** The connection that its answer is awaited on. */
  on?: Connection | undefined;
  wasSent: boolean;
  cancelLife: () => void;
  cancelTry: () => void;
  settle: (outcome: { result: unknown } | { error: unknown }) => void;
}

export interface OutboxOptions {
  deadlines: Deadlines;
  /** Most calls that wait for their answer. */
  capacity: number;
  /** The connection for a call of this lane; `undefined` if it must wait. */
  connectionFor: (lane: string | undefined) => Connection | undefined;
  /** A frame that may be repeated got no answer in time. */
  onSilence: () => void;
}

/** The calls without an answer, in their order. */
export class Outbox {
  readonly #calls = new Map<number, Call>();
  readonly #options: OutboxOptions;
  #lastId = 0;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /** Sends the frame as soon as it can be sent. @returns the result of its answer. */
  add(request: CallRequest): Promise<unknown> {
    const { deadlines, capacity } = this.#options;
    request.signal?.throwIfAborted();
    const id = ++this.#lastId;
    if (isTooLarge(request.frame))
      throw new ClientError(
        'MESSAGE_TOO_LARGE',
        'The frame is larger than 32 KB: API Gateway would close the connection',
      );
    if (!request.via && this.#calls.size >= capacity)
      throw new ClientError('OUTBOX_FULL', `${capacity} calls wait for an answer: wait for one of them`);
    return new Promise((resolve, reject) => {
      const onAbort = () => call.settle({ error: request.signal?.reason });
      const call: Call = {
        ...request,
        id,
        wasSent: false,
        cancelLife: deadlines.after(request.lifeMs, () => this.#expire(call)),
        cancelTry: () => {},
        settle: (outcome) => {
          this.#calls.delete(id);
          call.cancelLife();
          call.cancelTry();
          request.signal?.removeEventListener('abort', onAbort);
          if ('error' in outcome) reject(outcome.error);
          else resolve(outcome.result);
          if (call.lane !== undefined) this.flush();
        },
      };
      request.signal?.addEventListener('abort', onAbort);
      this.#calls.set(id, call);
      this.flush();
    });
  }

  /** Sends what can be sent. */
  flush(): void {
    const lanes = new Set<string>();
    for (const call of this.#calls.values()) {
      const { lane, via } = call;
      const isNext = lane === undefined || !lanes.has(lane);
      if (lane !== undefined) lanes.add(lane);
      const connection = isNext && !call.on && (via ?? this.#options.connectionFor(lane));
      if (connection) this.#send(call, connection);
    }
  }

  /** @returns whether the frame answers a call. An answer to a call that is given up answers none. */
  answer(frame: Frame): boolean {
    const call = this.#calls.get(frame.ackId as number);
    if (!call) return false;
    if (frame.type === 'ack') call.settle({ result: frame.result });
    else call.settle({ error: toError(frame) });
    return true;
  }

  /** A connection has ended: what was sent on it gets no answer. */
  lose(connection: Connection): void {
    for (const call of this.#calls.values()) if (call.on === connection) this.#retry(call);
  }

  /** Fails all calls. */
  fail(error: ClientError): void {
    for (const call of this.#calls.values()) call.settle({ error });
  }

  #send(call: Call, connection: Connection): void {
    call.wasSent = true;
    call.on = connection;
    call.cancelTry = this.#options.deadlines.after(ANSWER_MS, () => {
      if (!call.repeats) return;
      this.#options.onSilence();
      this.#retry(call);
    });
    connection.send(JSON.stringify({ ...call.frame, ackId: call.id }));
  }

  #retry(call: Call): void {
    call.cancelTry();
    call.on = undefined;
    if (call.repeats) this.flush();
    else this.#expire(call);
  }

  #expire(call: Call): void {
    const error = call.wasSent
      ? new ClientError('OUTCOME_UNKNOWN', 'The call was sent, and no answer came: it may have happened')
      : new ClientError('NOT_SENT', 'The call was not sent before its deadline: there was no connection');
    call.settle({ error });
  }
}

/** Counts bytes only if there may be too many. With room for the `ackId`. */
const isTooLarge = (frame: object): boolean => {
  const text = JSON.stringify(frame);
  const most = MAX_FRAME_BYTES - 30;
  return text.length * 3 > most && new TextEncoder().encode(text).length > most;
};

/** Reads an error frame. Errors of API Gateway itself have no code. */
export const toError = ({ code, message, errors }: Frame): ClientError =>
  new ClientError(String(code ?? 'REFUSED'), String(message), Array.isArray(errors) ? (errors as Violation[]) : []);
