// The child process of a load run: `start-processes.ts` forks it and speaks with it in `process-messages.ts`.
import { LoadGenerator } from './load-generator.ts';
import { monotonicUs } from './machine.ts';
import type { FromProcess, ToProcess } from './process-messages.ts';

/** While it connects; a second once it runs. */
const CONNECTING_SAMPLE_US = 200_000;
const SAMPLE_US = 1_000_000;
const LEAVE_TIMEOUT_MS = 1_000;

let generator: LoadGenerator | undefined;
let timer: NodeJS.Timeout | undefined;

const tell = (message: FromProcess): void => {
  process.send?.(message);
};

const sample = (): void => {
  if (generator) tell({ type: 'sample', atUs: monotonicUs(), sample: generator.sample() });
};

/** A sample at each full second after `startUs`, so that the samples of all processes cover the same seconds. */
const sampleFrom = (startUs: number, everyUs = SAMPLE_US): void => {
  clearTimeout(timer);
  const nowUs = monotonicUs();
  const dueUs = startUs + Math.max(1, Math.ceil((nowUs - startUs + 1_000) / everyUs)) * everyUs;
  timer = setTimeout(
    () => {
      sample();
      sampleFrom(startUs, everyUs);
    },
    (dueUs - nowUs) / 1_000,
  );
};

process.on('message', (message: ToProcess) => {
  if (message.type === 'connect') {
    generator = new LoadGenerator(message.task);
    sampleFrom(monotonicUs(), CONNECTING_SAMPLE_US);
    return;
  }
  if (!generator) return;
  if (message.type === 'begin') {
    generator.begin(message.atUs);
    sampleFrom(message.atUs);
  } else if (message.type === 'stop') {
    generator.stop();
    tell({ type: 'stopped' });
  } else if (message.type === 'report') {
    clearTimeout(timer);
    tell({ type: 'times', times: generator.ledger.times() });
  } else if (message.type === 'account') {
    const outcome = generator.ledger.account(message.settlement);
    sample(); // only now: what came since the times were told is in the account too
    tell({ type: 'outcome', outcome });
  } else generator.leave(LEAVE_TIMEOUT_MS).finally(() => process.exit(0));
});
// CTRL+C, a closed terminal and what ends a CI job reach the whole process group: the coordinator decides what happens.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
process.on('disconnect', () => process.exit(0));
