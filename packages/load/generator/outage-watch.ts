/** A time at which no connection was open. Times are of the shared clock. */
export interface Outage {
  fromUs: number;
  /** `undefined` while it lasts. */
  toUs: number | undefined;
}

/** A target that takes no connection for so long is taken for dead. */
const DEAD_AFTER_US = 5_000_000;

/** Tells from the number of open connections when a target was away, and when it will not come back. */
export class OutageWatch {
  readonly outages: Outage[] = [];

  note(atUs: number, open: number): void {
    const last = this.outages.at(-1);
    const away = last !== undefined && last.toUs === undefined;
    if (open === 0 && !away) this.outages.push({ fromUs: atUs, toUs: undefined });
    else if (open > 0 && away) last.toUs = atUs;
  }

  isDead(nowUs: number): boolean {
    const last = this.outages.at(-1);
    return last !== undefined && last.toUs === undefined && nowUs - last.fromUs >= DEAD_AFTER_US;
  }
}
