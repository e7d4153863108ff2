import { BROADCAST_ACCOUNT, type BroadcastAccount, COUNTS } from '../../../schemas/broadcast-account.ts';

/** What the fan-out itself says it did during a run. */
export interface FanOutSummary {
  /** Invocations by how many records they worked on. */
  batchSizes: Record<string, number>;
  /** Sums of the accounts of all records. Empty without any. */
  account: Record<string, number>;
}

/** Reads the accounts of broadcasts out of a fan-out's log lines. */
export class FanOutLog {
  readonly #records = new Map<string, number>();
  readonly #account: Record<string, number> = {};

  /** Lines that are no account are passed over. */
  note(line: string): void {
    if (!line.includes(BROADCAST_ACCOUNT)) return;
    const { message, requestId, account } = parsed(line);
    if (message !== BROADCAST_ACCOUNT || !account) return;
    this.#records.set(String(requestId), (this.#records.get(String(requestId)) ?? 0) + 1);
    for (const name of COUNTS) this.#account[name] = (this.#account[name] ?? 0) + Number(account[name] ?? 0);
  }

  summary(): FanOutSummary {
    const batchSizes: Record<string, number> = {};
    for (const size of this.#records.values()) batchSizes[size] = (batchSizes[size] ?? 0) + 1;
    return { batchSizes, account: { ...this.#account } };
  }
}

const parsed = (line: string): { message?: string; requestId?: string; account?: Partial<BroadcastAccount> } => {
  try {
    return JSON.parse(line);
  } catch {
    return {};
  }
};
