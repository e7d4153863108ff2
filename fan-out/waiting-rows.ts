import type { Lot } from './lot.ts';
import { PendingConnection } from './pending-connection.ts';

/** Ours: with more rows waiting the scan waits too, so that memory does not follow the table. */
const MAX_WAITING_ROWS = 20_000;

/** The rows that nothing was posted to yet, first in, first out. */
export class WaitingRows {
  readonly #lots: Lot[] = [];
  #next = 0;
  #count = 0;
  #onRoom: (() => void) | undefined;

  get isEmpty(): boolean {
    return this.#count === 0;
  }

  add(lot: Lot): void {
    if (lot.rows.length === 0) return;
    this.#lots.push(lot);
    this.#count += lot.rows.length;
  }

  /** The next connection. */
  take(): PendingConnection | undefined {
    for (let lot = this.#lots[0]; lot; lot = this.#lots[0]) {
      const row = lot.rows[this.#next++];
      if (row) {
        if (--this.#count === MAX_WAITING_ROWS - 1) this.#onRoom?.();
        return new PendingConnection(row, lot.deliveries);
      }
      this.#lots.shift();
      this.#next = 0;
    }
    return undefined;
  }

  /** Resolves when more rows may be added. */
  async room(): Promise<void> {
    if (this.#count < MAX_WAITING_ROWS) return;
    await new Promise<void>((resolve) => {
      this.#onRoom = resolve;
    });
  }
}
