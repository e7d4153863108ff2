import { cpus } from 'node:os';

/** Microseconds of a monotonic clock that all processes of this machine share. */
export const monotonicUs = (): number => Number(process.hrtime.bigint() / 1_000n);

const times = (): { busy: number; all: number } => {
  let [busy, all] = [0, 0];
  for (const { times: core } of cpus()) {
    const total = core.user + core.nice + core.sys + core.irq + core.idle;
    all += total;
    busy += total - core.idle;
  }
  return { busy, all };
};

/** Creates a function that returns how busy this machine's cores were since its last call, as a share from 0 to 1. */
export const machineCpu = (): (() => number) => {
  let before = times();
  return () => {
    const now = times();
    const share = now.all > before.all ? (now.busy - before.busy) / (now.all - before.all) : 0;
    before = now;
    return share;
  };
};
