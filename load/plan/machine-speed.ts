import { hash } from 'node:crypto';
import type { Figures } from './prices-and-quotas.ts';

const PROBE_MS = 300;
const BLOCK = 'x'.repeat(1_024);

/** How fast this machine is at the moment, whatever else runs on it included: 1 is the one the local figures come from. */
export const machineSpeed = ({ localHashesPerSecond }: Pick<Figures, 'localHashesPerSecond'>): number => {
  const startedAt = performance.now();
  let hashes = 0;
  let elapsedMs = 0;
  while (elapsedMs < PROBE_MS) {
    for (let block = 0; block < 100; block++) hash('sha256', BLOCK);
    hashes += 100;
    elapsedMs = performance.now() - startedAt;
  }
  return (hashes * 1_000) / elapsedMs / localHashesPerSecond.value;
};
