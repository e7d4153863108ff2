import type { MessageToken } from '../workload/message-token.ts';
import {
  DeliveryLedger,
  type Ledger,
  type LedgerConnection,
  type MessageTimes,
  NumberSet,
  type Outcome,
  type Receipt,
  type Settlement,
} from './delivery-ledger.ts';

/** A subscriber of a channel. */
export interface LedgerMember {
  readonly channel: number;
  readonly entry: LedgerConnection;
}

/**
 * Records which messages each member of a channel should receive and which it has received. Message `m` belongs to
 * channel `m % channels`.
 *
 * A member should receive each message of its channel that was published after its first subscription and that was
 * acknowledged, also if its connection was lost meanwhile. The publisher is a member like any other.
 */
export class ChannelLedger implements Ledger {
  readonly #channels: number;
  /** Each has the messages of one channel, numbered without holes. */
  readonly #ledgers = new Map<number, DeliveryLedger>();
  readonly #acknowledged = new NumberSet();

  /** @param channels Number of channels of the run. */
  constructor(channels: number) {
    this.#channels = channels;
  }

  /** A member was subscribed for the first time. */
  open(channel: number, atUs: number): LedgerMember {
    return { channel, entry: this.#ledgerOf(channel).open(atUs, false) };
  }

  publish({ channel, entry }: LedgerMember, token: MessageToken): void {
    this.#ledgerOf(channel).send(entry, this.#within(token));
  }

  /** The API has answered the publish with an `ack`. */
  acknowledge(message: number): void {
    this.#acknowledged.add(message);
  }

  /** @returns `undefined` for a message of another channel. */
  receive({ channel, entry }: LedgerMember, token: MessageToken, atUs: number): Receipt | undefined {
    if (token.message % this.#channels !== channel) return undefined;
    return this.#ledgerOf(channel).receive(entry, this.#within(token), atUs).receipt;
  }

  overdue(nowUs: number, settleUs: number): number {
    let overdue = 0;
    for (const ledger of this.#ledgers.values()) overdue += ledger.overdue(nowUs, settleUs);
    return overdue;
  }

  times(): MessageTimes {
    const parts = [...this.#ledgers].map(([channel, ledger]) => ({ channel, times: ledger.times() }));
    const length = Math.max(
      0,
      ...parts.map(({ channel, times }) => (times.sentAtUs.length - 1) * this.#channels + channel + 1),
    );
    const none = (): Float64Array => new Float64Array(length).fill(Number.NaN);
    const all = { sentAtUs: none(), firstAtUs: none(), lastAtUs: none(), lastPromptAtUs: none() };
    for (const { channel, times } of parts) {
      for (const name of ['sentAtUs', 'firstAtUs', 'lastAtUs', 'lastPromptAtUs'] as const) {
        for (const [index, value] of times[name].entries()) all[name][index * this.#channels + channel] = value;
      }
    }
    return all;
  }

  account(settlement: Settlement): Outcome {
    const { length } = settlement.sentAtUs;
    const all = {
      ...{ expected: new Uint32Array(length), lost: new Uint32Array(length) },
      ...{ expectedSlow: new Uint32Array(length), lostSlow: new Uint32Array(length), refused: [], cutOff: [] },
    };
    for (const [channel, ledger] of this.#ledgers) {
      const { expected, lost } = ledger.account(this.#settlementOf(channel, settlement));
      for (const [index, count] of expected.entries()) all.expected[index * this.#channels + channel] = count;
      for (const [index, count] of lost.entries()) all.lost[index * this.#channels + channel] = count;
    }
    return all;
  }

  /** A message without an `ack` has no send time, so nobody is expected to receive it. */
  #settlementOf(channel: number, settlement: Settlement): Settlement {
    const own = (values: Float64Array): Float64Array =>
      values.filter((_, message) => message % this.#channels === channel);
    const sentAtUs = own(settlement.sentAtUs).map((atUs, index) =>
      this.#acknowledged.has(index * this.#channels + channel) ? atUs : Number.NaN,
    );
    const { firstAtUs, lastAtUs, lastPromptAtUs } = settlement;
    return {
      ...settlement,
      ...{ sentAtUs, firstAtUs: own(firstAtUs), lastAtUs: own(lastAtUs), lastPromptAtUs: own(lastPromptAtUs) },
    };
  }

  #within({ message, sentAtUs }: MessageToken): MessageToken {
    return { message: Math.floor(message / this.#channels), sentAtUs };
  }

  #ledgerOf(channel: number): DeliveryLedger {
    const present = this.#ledgers.get(channel);
    if (present) return present;
    const ledger = new DeliveryLedger(true);
    this.#ledgers.set(channel, ledger);
    return ledger;
  }
}
