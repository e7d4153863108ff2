import type { Phase } from '../workload/phase.ts';

/**
 * When each message of a run is sent, in milliseconds after the first phase starts, in order. The schedule does not wait
 * for the target: a slow target meets the same load as a fast one.
 */
export function* sendTimes(phases: readonly Phase[]): Generator<number> {
  let startMs = 0;
  for (const phase of phases) {
    for (let sent = 0; sent < phase.burst; sent++) yield startMs;
    const total = (((phase.rateFrom + phase.rateTo) / 2) * phase.durationMs) / 1_000;
    for (let sent = 0; sent < total - 1e-9; sent++) yield startMs + secondsUntil(sent, phase) * 1_000;
    startMs += phase.durationMs;
  }
}

/** Solves `from·t + slope·t²/2 = sent` for t, in the form that also holds for a slope of zero. */
const secondsUntil = (sent: number, { rateFrom, rateTo, durationMs }: Phase): number => {
  if (sent === 0) return 0;
  const slope = ((rateTo - rateFrom) * 1_000) / durationMs;
  return (2 * sent) / (rateFrom + Math.sqrt(Math.max(0, rateFrom * rateFrom + 2 * slope * sent)));
};
