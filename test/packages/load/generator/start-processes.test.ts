import { afterEach, expect, it } from '@jest/globals';
import { type Processes, startProcesses } from '../../../../packages/load/generator/start-processes.ts';
import { until } from '../../../support/until.ts';
import { aTarget } from '../a-target.ts';
import { aPhase, aWorkload } from '../a-workload.ts';

let pid = 0;
afterEach(() => {
  if (isAlive()) process.kill(pid, 'SIGKILL');
});

/** A generator process that has nothing to do. */
const startOne = (onFailure: (error: Error) => void): Processes => {
  const workload = aWorkload({ phases: [aPhase({ connections: 0 })] });
  const task = { index: 0, processes: 1, runId: '0badcafe', target: aTarget('ws://127.0.0.1:1'), workload };
  const processes = startProcesses({ tasks: [task], onSample: () => {}, onFailure });
  pid = processes.pids[0] as number;
  return processes;
};
const isAlive = (): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

it('ends a process that hangs', async () => {
  const processes = startOne(() => {});
  process.kill(pid, 'SIGSTOP');
  await processes.stop();
  expect(isAlive()).toBe(false);
});

it('tells of a process that ends early, and of none that was stopped', async () => {
  const failures: string[] = [];
  const processes = startOne(({ message }) => failures.push(message));
  process.kill(pid, 'SIGKILL');
  await until(() => failures.length > 0);
  await processes.stop();
  const others = startOne(({ message }) => failures.push(message));
  await others.stop();
  expect(failures).toEqual(['Generator process 1 ended early (SIGKILL).']);
});
