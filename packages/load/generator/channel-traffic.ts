import type { Message } from '../../client/channel/channel.ts';
import { MessageTokens } from '../workload/message-token.ts';
import type { ChannelLoad } from '../workload/workload.ts';
import { ChannelLedger, type LedgerMember } from './channel-ledger.ts';
import { ChannelMember } from './channel-member.ts';
import type { PoolTarget, Traffic } from './connection-pool.ts';
import { monotonicUs } from './machine.ts';
import { countBy, type ProcessTask } from './process-messages.ts';
import type { Sampler } from './sampler.ts';

const TICK_MS = 10;

/** A member that was subscribed, in the ledger. */
interface Subscriber {
  member: ChannelMember;
  entry: LedgerMember;
  /** The number of the newest message that the application got. */
  newest: number;
}

/** Members publish to their channel, and each member of the channel should receive it. A channel has one process. */
export class ChannelTraffic implements Traffic {
  readonly ledger: ChannelLedger;
  readonly #task: ProcessTask;
  readonly #load: ChannelLoad;
  readonly #sampler: Sampler;
  readonly #tokens: MessageTokens;
  /** The channels of this process. */
  readonly #channels: readonly number[];
  readonly #members: ChannelMember[] = [];
  readonly #subscribers = new Map<number, Subscriber[]>();
  readonly #timer: NodeJS.Timeout;
  #churnPerSecond = 0;
  #mayOpen = 0;
  #mustCut = 0;
  #tickedUs = monotonicUs();

  constructor(task: ProcessTask, load: ChannelLoad, sampler: Sampler) {
    this.#task = task;
    this.#load = load;
    this.#sampler = sampler;
    this.#tokens = new MessageTokens(task.runId);
    this.ledger = new ChannelLedger(load.channels);
    this.#channels = Array.from({ length: load.channels }, (_, channel) => channel).filter((c) => this.owns(c));
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  get open(): number {
    return this.#members.filter(({ isOpen }) => isOpen).length;
  }

  get pending(): number {
    return this.#members.length - this.open;
  }

  owns(message: number): boolean {
    return (message % this.#load.channels) % this.#task.processes === this.#task.index;
  }

  setTarget({ churnPerSecond }: PoolTarget): void {
    this.#churnPerSecond = churnPerSecond;
  }

  freeze(): void {
    clearInterval(this.#timer);
  }

  async close(timeoutMs: number): Promise<void> {
    this.freeze();
    const late = new Promise<void>((resolve) => setTimeout(resolve, timeoutMs).unref());
    await Promise.race([Promise.all(this.#members.map((member) => member.close())), late]);
  }

  send(message: number, dueUs: number): void {
    const { counted } = this.#sampler;
    const subscribers = this.#subscribers.get(message % this.#load.channels) ?? [];
    const publisher = subscribers[Math.floor(Math.random() * subscribers.length)];
    if (!publisher) {
      countBy(counted.unsent, 'no open connection');
      return;
    }
    const sentAtUs = monotonicUs();
    const text = this.#tokens.write({ message, sentAtUs }, this.#task.workload.sizeBytes);
    this.ledger.publish(publisher.entry, { message, sentAtUs });
    // The counts of the answer belong to the sample of its time, so they are looked up then.
    publisher.member.publish(JSON.parse(this.#task.target.frame.replace('{{message}}', text))).then(
      () => {
        this.ledger.acknowledge(message);
        this.#sampler.counted.channels.acknowledged++;
      },
      ({ code }) => countBy(this.#sampler.counted.errorFrames, String(code)),
    );
    counted.sent++;
    counted.behindMs = Math.max(counted.behindMs, (sentAtUs - dueUs) / 1_000);
  }

  #tick(): void {
    const nowUs = monotonicUs();
    const seconds = (nowUs - this.#tickedUs) / 1e6;
    this.#tickedUs = nowUs;
    this.#cut(seconds);
    const rate = this.#task.workload.connectionsPerSecond / this.#task.processes;
    this.#mayOpen = Math.min(this.#mayOpen + seconds * rate, Math.max(1, rate / 10));
    for (; this.#mayOpen >= 1 && this.#members.length < this.#channels.length * this.#load.members; this.#mayOpen--)
      this.#add(this.#channels[this.#members.length % this.#channels.length] as number);
  }

  #cut(seconds: number): void {
    if (this.#churnPerSecond === 0) return;
    const open = this.#members.filter(({ isOpen }) => isOpen);
    this.#mustCut += open.length * this.#churnPerSecond * seconds;
    for (; this.#mustCut >= 1; this.#mustCut--) open[Math.floor(Math.random() * open.length)]?.cut();
  }

  #add(channel: number): void {
    let subscriber: Subscriber | undefined;
    const member = new ChannelMember({
      target: this.#task.target,
      channel: `room:load-${this.#task.runId}-${channel}`,
      sampler: this.#sampler,
      onSubscribed: () => {
        subscriber = { member, entry: this.ledger.open(channel, monotonicUs()), newest: 0 };
        this.#subscribers.set(channel, [...(this.#subscribers.get(channel) ?? []), subscriber]);
      },
      onMessage: (message) => {
        if (subscriber) this.#receive(subscriber, message);
      },
    });
    this.#members.push(member);
  }

  #receive(subscriber: Subscriber, { data, seq = 0 }: Message): void {
    const { counted, latency } = this.#sampler;
    const atUs = monotonicUs();
    const [token] = this.#tokens.read(Buffer.from(JSON.stringify(data)));
    const receipt = token && this.ledger.receive(subscriber.entry, token, atUs);
    if (!token || receipt === undefined) {
      counted.otherFrames++;
      return;
    }
    if (receipt === 'duplicate') counted.duplicates++;
    else {
      counted.deliveries++;
      latency.recordValue(Math.max(1, atUs - token.sentAtUs));
    }
    if (receipt !== 'duplicate' && seq > 0 && seq < subscriber.newest) counted.outOfOrder++;
    subscriber.newest = Math.max(subscriber.newest, seq);
  }
}
