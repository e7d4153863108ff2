import { afterEach, expect, it } from '@jest/globals';
import { type Processes, startProcesses } from '../../../../packages/load/generator/start-processes.ts';
import { runProgram } from '../../../support/run-command.ts';
import { until } from '../../../support/until.ts';
import { aTarget } from '../a-target.ts';
import { aPhase, aWorkload } from '../a-workload.ts';

let pid = 0;
afterEach(() => {
  if (isAlive()) process.kill(pid, 'SIGKILL');
});

const aTask = (index: number, processes: number) => ({
  ...{ index, processes, runId: '0badcafe', target: aTarget('ws://127.0.0.1:1') },
  workload: aWorkload({ phases: [aPhase({ connections: 0 })] }),
});

/** Starts a generator process without connections. */
const startOne = (onFailure: (failure: string) => void): Processes => {
  const processes = startProcesses({ tasks: [aTask(0, 1)], onSample: () => {}, onFailure });
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

it('kills a process that hangs', async () => {
  const processes = startOne(() => {});
  process.kill(pid, 'SIGSTOP');
  await processes.stop();
  expect(isAlive()).toBe(false);
});

it('returns the answers of the other processes if one hangs and must end now', async () => {
  const endNow = new AbortController();
  const failures: string[] = [];
  const tasks = [0, 1].map((index) => aTask(index, 2));
  const processes = startProcesses({
    ...{ tasks, onSample: () => {}, onFailure: (failure) => failures.push(failure), endNow: endNow.signal },
  });
  pid = processes.pids[0] as number;
  process.kill(pid, 'SIGSTOP');
  const answers = processes.ask({ type: 'report' }, 'times');
  endNow.abort();
  expect(await answers).toHaveLength(1);
  expect(failures).toEqual(['process 1 of 2 ended early (SIGKILL), its figures are missing']);
  await processes.stop();
});

it('leaves no hanging process behind, however its coordinator ends', async () => {
  const program = new URL('../../../../packages/load/generator/start-processes.ts', import.meta.url).href;
  const script = `
    const { startProcesses } = await import(${JSON.stringify(program)});
    const { pids } = startProcesses({ tasks: [${JSON.stringify(aTask(0, 1))}], onSample() {}, onFailure() {} });
    process.kill(pids[0], 'SIGSTOP');
    console.log(pids[0]);
    process.exit();`;
  const { stdout } = await runProgram(process.execPath, ['--input-type=module', '-e', script]).ended;
  pid = Number(stdout);
  expect(pid).toBeGreaterThan(0);
  await until(() => !isAlive());
});

it('reports a process that ends early, but not one that was stopped', async () => {
  const failures: string[] = [];
  const processes = startOne((failure) => failures.push(failure));
  process.kill(pid, 'SIGKILL');
  await until(() => failures.length > 0);
  await processes.stop();
  const others = startOne((failure) => failures.push(failure));
  await others.stop();
  expect(failures).toEqual(['process 1 of 1 ended early (SIGKILL), its figures are missing']);
});

it('does not end at a signal to the process group, and still answers', async () => {
  const processes = startOne(() => {});
  await processes.ask({ type: 'stop' }, 'stopped'); // it has its listeners
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.kill(pid, signal);
  expect(await processes.ask({ type: 'report' }, 'times')).toHaveLength(1);
  await processes.stop();
});

it('returns no answer of a process that has ended', async () => {
  const failures: string[] = [];
  const processes = startOne((failure) => failures.push(failure));
  process.kill(pid, 'SIGKILL');
  expect(await processes.ask({ type: 'stop' }, 'stopped')).toEqual([]);
  await until(() => failures.length > 0);
  expect(await processes.ask({ type: 'report' }, 'times')).toEqual([]);
});
