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
const startOne = (onFailure: (how: string) => void): Processes => {
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
  const processes = startOne((how) => failures.push(how));
  process.kill(pid, 'SIGKILL');
  await until(() => failures.length > 0);
  await processes.stop();
  const others = startOne((how) => failures.push(how));
  await others.stop();
  expect(failures).toEqual(['process 1 of 1 ended early (SIGKILL), its figures are missing']);
});

it('is not ended by a signal to the whole process group, and answers after it', async () => {
  const processes = startOne(() => {});
  await processes.ask({ type: 'stop' }, 'stopped'); // it listens
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.kill(pid, signal);
  expect(await processes.ask({ type: 'report' }, 'times')).toHaveLength(1);
  await processes.stop();
});

it('has no answer of a process that has ended', async () => {
  const failures: string[] = [];
  const processes = startOne((how) => failures.push(how));
  process.kill(pid, 'SIGKILL');
  expect(await processes.ask({ type: 'stop' }, 'stopped')).toEqual([]);
  await until(() => failures.length > 0);
  expect(await processes.ask({ type: 'report' }, 'times')).toEqual([]);
});
