import { expect, it } from '@jest/globals';
import { monotonicUs } from '../../../../packages/load/generator/machine.ts';
import { startProcesses } from '../../../../packages/load/generator/start-processes.ts';
import { until } from '../../../support/until.ts';
import { aTarget } from '../a-target.ts';
import { aPhase, aWorkload } from '../a-workload.ts';
import { startBroadcastServer } from '../start-broadcast-server.ts';

it('counts every delivery of the account in its samples, even deliveries after the times were read', async () => {
  const server = await startBroadcastServer({ delayMs: 300 });
  const workload = aWorkload({ phases: [aPhase({ connections: 2, rateFrom: 10, rateTo: 10, durationMs: 100 })] });
  let [open, deliveries] = [0, 0];
  const { ask, send, stop } = startProcesses({
    tasks: [{ index: 0, processes: 1, runId: '0badcafe', target: aTarget(server.url), workload }],
    onSample: (_, { sample }) => {
      open = sample.open;
      deliveries += sample.deliveries;
    },
    onFailure: (failure) => expect(failure).toBeUndefined(),
  });
  await until(() => open === 2);
  send({ type: 'begin', atUs: monotonicUs() });
  await until(() => server.planted.messages === 1);
  await ask({ type: 'stop' }, 'stopped');
  const [answer] = await ask({ type: 'report' }, 'times');
  const { times } = answer as NonNullable<typeof answer>;
  await until(() => server.planted.posts === 1);
  const hasReceived = async (): Promise<boolean> => {
    const settlement = { ...times, settleUs: 0, endUs: monotonicUs() };
    const [{ outcome } = { outcome: { expected: [0], lost: [0] } }] = await ask(
      { type: 'account', settlement },
      'outcome',
    );
    return outcome.expected[0] === 1 && outcome.lost[0] === 0;
  };
  while (!(await hasReceived()));
  expect(deliveries).toBe(1);
  await stop();
  await server.stop();
});
