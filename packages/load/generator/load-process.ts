// The child process of a load run. `start-processes.ts` forks it and sends it the messages of `process-messages.ts`.
import { LoadGenerator } from './load-generator.ts';
import { monotonicUs } from './machine.ts';
import type { FromProcess, ToProcess } from './process-messages.ts';

/** Sampling interval before the first phase. */
const CONNECTING_SAMPLE_US = 200_000;
const SAMPLE_US = 1_000_000;
const CLOSE_TIMEOUT_MS = 1_000;

let generator: LoadGenerator | undefined;
let timer: NodeJS.Timeout | undefined;

const send = (message: FromProcess): void => {
  process.send?.(message);
};

const sample = (): void => {
  if (generator) send({ type: 'sample', atUs: monotonicUs(), sample: generator.sample() });
};

/** Takes a sample at each full interval after `startUs`. The samples of all processes cover the same seconds. */
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
    send({ type: 'stopped' });
  } else if (message.type === 'report') {
    clearTimeout(timer);
    send({ type: 'times', times: generator.ledger.times() });
  } else if (message.type === 'account') {
    const outcome = generator.ledger.account(message.settlement);
    sample(); // after the account, which also has the deliveries that arrived since `times`
    send({ type: 'outcome', outcome });
  } else generator.close(CLOSE_TIMEOUT_MS).finally(() => process.exit(0));
});
// A signal from a terminal or a CI job reaches the whole process group. Only the coordinator reacts to it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
process.on('disconnect', () => process.exit(0));
