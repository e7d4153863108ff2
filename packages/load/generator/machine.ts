import { cpus } from 'node:os';

/** Microseconds on a clock that never jumps and that all processes of this machine share. */
export const monotonicUs = (): number => Number(process.hrtime.bigint() / 1_000n);

const times = (): { busy: number; all: number } => {
  let [busy, all] = [0, 0];
  for (const { times: of } of cpus()) {
    const total = of.user + of.nice + of.sys + of.irq + of.idle;
    all += total;
    busy += total - of.idle;
  }
  return { busy, all };
};

/** Returns a function that tells which share of this machine's cores was busy since it was last called, 0 to 1. */
export const machineCpu = (): (() => number) => {
  let before = times();
  return () => {
    const now = times();
    const share = now.all > before.all ? (now.busy - before.busy) / (now.all - before.all) : 0;
    before = now;
    return share;
  };
};
