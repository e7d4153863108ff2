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

/** A generator process that has nothing to do. */
const startOne = (onFailure: (how: string) => void): Processes => {
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

it('ends a process that hangs', async () => {
  const processes = startOne(() => {});
  process.kill(pid, 'SIGSTOP');
  await processes.stop();
  expect(isAlive()).toBe(false);
});

it('has the answers of the others, in a hurry, if a process hangs', async () => {
  const hurry = new AbortController();
  const failures: string[] = [];
  const tasks = [0, 1].map((index) => aTask(index, 2));
  const processes = startProcesses({
    ...{ tasks, onSample: () => {}, onFailure: (how) => failures.push(how), hurry: hurry.signal },
  });
  pid = processes.pids[0] as number;
  process.kill(pid, 'SIGSTOP');
  const answers = processes.ask({ type: 'report' }, 'times');
  hurry.abort();
  expect(await answers).toHaveLength(1);
  expect(failures).toEqual(['process 1 of 2 ended early (SIGKILL), its figures are missing']);
  await processes.stop();
});

it('leaves no process behind that hangs, however its coordinator ends', async () => {
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
