import { WebSocket } from 'ws';
import type { Message } from '../../client/channel/channel.ts';
import { type Client, createClient } from '../../client/client.ts';
import type { ClientError } from '../../client/client-error.ts';
import type { Runtime } from '../../client/runtime.ts';
import { connectionOptions, type Target } from '../workload/target.ts';
import { monotonicUs } from './machine.ts';
import { countBy } from './process-messages.ts';
import type { Sampler } from './sampler.ts';

export interface ChannelMemberOptions {
  target: Target;
  channel: string;
  sampler: Sampler;
  /** The member is subscribed for the first time. */
  onSubscribed(): void;
  onMessage(message: Message): void;
}

/** A client of `fanout.v1` that is subscribed to one channel. It counts the frames before the client sees them. */
export class ChannelMember {
  readonly #options: ChannelMemberOptions;
  readonly #client: Client;
  readonly #frames = new FrameOrder();
  readonly #sockets = new Set<WebSocket>();
  #isSubscribed = false;
  #wasOpened = false;
  #isClosing = false;

  constructor(options: ChannelMemberOptions) {
    const { target, channel, sampler, onMessage } = options;
    this.#options = options;
    const watch = (socket: WebSocket): void => this.#watch(socket);
    class WatchedSocket extends WebSocket {
      constructor(url: string, protocols: string[]) {
        super(url, protocols, connectionOptions(target));
        watch(this);
      }
    }
    this.#client = createClient({
      url: target.url,
      runtime: { WebSocket: WatchedSocket as unknown as Runtime['WebSocket'] },
    });
    this.#client.on('state', (state) => this.#onState(state));
    this.#client.on('error', (error) => this.#onError(error));
    const subscription = this.#client.channel(channel);
    subscription.on('message', onMessage);
    subscription.on('gap', () => sampler.counted.channels.gaps++);
    subscription.on('error', (error) => this.#onError(error));
  }

  /** Connected, and subscribed on this connection. */
  get isOpen(): boolean {
    return this.#client.state === 'open';
  }

  publish(data: unknown): Promise<unknown> {
    return this.#client.channel(this.#options.channel).publish(data);
  }

  /** Cuts the connection without a close frame, as a lost network does. */
  cut(): void {
    for (const socket of this.#sockets) {
      this.#sockets.delete(socket);
      socket.terminate();
    }
    this.#options.sampler.counted.killed++;
  }

  /** @returns when the connection is closed. */
  async close(): Promise<void> {
    this.#isClosing = true;
    const closed = [...this.#sockets].map((socket) => new Promise((resolve) => socket.once('close', resolve)));
    this.#client.close();
    await Promise.all(closed);
  }

  #onState(state: Client['state']): void {
    if (state !== 'open' || this.#isSubscribed) return;
    this.#isSubscribed = true;
    this.#options.onSubscribed();
  }

  #onError({ code, message }: ClientError): void {
    const { counted } = this.#options.sampler;
    if (code !== 'NO_CONNECTION') countBy(counted.errorFrames, code);
    else if (this.#wasOpened) countBy(counted.connectFailures, message);
  }

  #watch(socket: WebSocket): void {
    const { sampler } = this.#options;
    const startedUs = monotonicUs();
    let failure: string | undefined;
    this.#wasOpened = false;
    socket.once('open', () => {
      this.#wasOpened = true;
      this.#sockets.add(socket);
      sampler.counted.opened++;
      sampler.handshake.recordValue(monotonicUs() - startedUs);
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      failure ??= error.code ?? error.message;
    });
    socket.on('message', (data: Buffer) => {
      const { repeated, early } = this.#frames.receive(data.toString());
      sampler.counted.channels.repeatedFrames += repeated;
      sampler.counted.channels.earlyFrames += early;
    });
    socket.once('close', (code) => {
      if (this.#sockets.delete(socket)) {
        if (!this.#isClosing) countBy(sampler.counted.closes, String(code));
      } else if (failure !== undefined && !this.#wasOpened && !this.#isClosing)
        countBy(sampler.counted.connectFailures, failure);
    });
  }
}

/** The part of a frame that its order needs. */
interface NumberedFrame {
  type?: string;
  seq?: number;
  id?: string;
  result?: { seq?: number; channels?: readonly { seq?: number }[] };
}

/**
 * Tells which posted frames of one channel are repeated and which are early. The answers to questions count as seen up
 * to their number.
 */
export class FrameOrder {
  /** All numbers up to this one are there. */
  #last: number | undefined;
  readonly #early = new Set<number>();
  readonly #ids = new Set<string | undefined>();

  /** Takes the text of a received frame. */
  receive(text: string): { repeated: number; early: number } {
    const counts = { repeated: 0, early: 0 };
    for (const frame of parse(text)) {
      if (frame.type === 'ack') this.#takeAnswer(frame);
      else if (frame.type === 'message' || frame.type === 'presence') {
        const place = this.#placeOf(frame);
        if (place !== 'next') counts[place]++;
      }
    }
    return counts;
  }

  #placeOf({ seq, id }: NumberedFrame): 'next' | 'repeated' | 'early' {
    if (seq === undefined) {
      if (this.#ids.has(id)) return 'repeated';
      this.#ids.add(id);
      return 'next';
    }
    if (this.#early.has(seq) || seq <= (this.#last ?? -1)) return 'repeated';
    this.#early.add(seq);
    // Before the first answer nobody knows which number is the next.
    if (this.#last === undefined) return 'next';
    if (seq !== this.#last + 1) return 'early';
    this.#moveTo(seq);
    return 'next';
  }

  #takeAnswer({ result }: NumberedFrame): void {
    for (const { seq } of [result ?? {}, ...(result?.channels ?? [])])
      if (seq !== undefined && seq > (this.#last ?? -1)) this.#moveTo(seq);
  }

  #moveTo(seq: number): void {
    this.#last = seq;
    for (const early of this.#early) if (early <= seq) this.#early.delete(early);
    while (this.#early.delete(this.#last + 1)) this.#last++;
  }
}

/** Text that is not JSON has no number. The client ignores it too. */
const parse = (text: string): NumberedFrame[] => {
  try {
    return [JSON.parse(text)].flat().map(Object);
  } catch {
    return [];
  }
};
