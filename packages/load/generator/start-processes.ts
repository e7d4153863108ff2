import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { FromProcess, ProcessTask, ToProcess } from './process-messages.ts';

type Answer<T extends FromProcess['type']> = Extract<FromProcess, { type: T }>;

/** The generator processes of a run. */
export interface Processes {
  /** In the order of the tasks. */
  readonly pids: readonly (number | undefined)[];
  /** Sends a message to every process. */
  send(message: ToProcess): void;
  /** Sends a message to every process. Resolves to the answers of the processes that run, in their order. */
  ask<T extends FromProcess['type']>(message: ToProcess, answer: T): Promise<Answer<T>[]>;
  /**
   * Closes the connections and ends the processes.
   * @param timeoutMs Longest time to end, in milliseconds. After it, a process is killed. Default 3000.
   */
  stop(timeoutMs?: number): Promise<void>;
}

export interface ProcessesOptions {
  tasks: readonly ProcessTask[];
  onSample(index: number, message: Answer<'sample'>): void;
  /** Called when a process ends too early. */
  onFailure(failure: string): void;
  /** Three seconds after the abort, processes that have not answered are killed. The others keep their figures. */
  endNow?: AbortSignal;
}

const STOP_TIMEOUT_MS = 3_000;
const END_NOW_TIMEOUT_MS = 3_000;
const PROGRAM = fileURLToPath(new URL('./load-process.ts', import.meta.url));

/** Starts a child process for each task. It immediately opens its connections. No child outlives this process. */
export const startProcesses = ({ tasks, onSample, onFailure, endNow }: ProcessesOptions): Processes => {
  let stopping = false;
  const asked = new Set<ChildProcess>();
  const children = tasks.map((task) => {
    const child = fork(PROGRAM, [], { serialization: 'advanced', execArgv: [] });
    child.on('message', (message: FromProcess) => {
      if (message.type === 'sample') onSample(task.index, message);
    });
    const fail = (ending: string): void => {
      if (!stopping)
        onFailure(`process ${task.index + 1} of ${tasks.length} ended early (${ending}), its figures are missing`);
    };
    child.on('error', ({ message }) => fail(message));
    child.on('exit', (code, signal) => fail(signal ?? `exit code ${code}`));
    child.send({ type: 'connect', task } satisfies ToProcess);
    return child;
  });
  const send = (message: ToProcess): void => {
    for (const child of children) if (child.connected) child.send(message);
  };
  const kill = (some: Iterable<ChildProcess>): void => {
    for (const child of some) child.kill('SIGKILL');
  };
  // A child that hangs does not notice the end of this process.
  const killAll = (): void => kill(children);
  process.once('exit', killAll);
  endNow?.addEventListener('abort', () => setTimeout(() => kill(asked), END_NOW_TIMEOUT_MS).unref());
  return {
    pids: children.map(({ pid }) => pid),
    send,
    ask: async (message, type) => {
      const answers = Promise.all(
        children.map(async (child) => {
          asked.add(child);
          const answer = await answerOf(child, type);
          asked.delete(child);
          return answer;
        }),
      );
      send(message);
      return (await answers).filter((answer) => answer !== undefined);
    },
    stop: async (timeoutMs = STOP_TIMEOUT_MS) => {
      stopping = true;
      send({ type: 'close' });
      await Promise.all(children.map((child) => exitOf(child, timeoutMs)));
      process.off('exit', killAll);
    },
  };
};

/** @returns `undefined` if the process ends before it answers. */
const answerOf = <T extends FromProcess['type']>(child: ChildProcess, type: T): Promise<Answer<T> | undefined> =>
  new Promise((resolve) => {
    if (hasEnded(child)) return resolve(undefined);
    const take = (message: FromProcess): void => {
      if (message.type !== type) return;
      child.off('message', take);
      resolve(message as Answer<T>);
    };
    child.on('message', take);
    child.once('exit', () => resolve(undefined));
  });

const exitOf = (child: ChildProcess, timeoutMs: number): Promise<void> =>
  new Promise((resolve) => {
    if (hasEnded(child)) return resolve();
    const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
    child.once('exit', () => {
      clearTimeout(timer);
      resolve();
    });
  });

/** A process without an id could not be started. */
const hasEnded = ({ pid, exitCode, signalCode }: ChildProcess): boolean =>
  pid === undefined || exitCode !== null || signalCode !== null;
