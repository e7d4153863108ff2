/** Microseconds on a clock that never jumps and that all processes of this machine share. */
export const monotonicUs = (): number => Number(process.hrtime.bigint() / 1_000n);
