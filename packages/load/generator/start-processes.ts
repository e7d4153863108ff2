import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { FromProcess, ProcessTask, ToProcess } from './process-messages.ts';

type Answer<T extends FromProcess['type']> = Extract<FromProcess, { type: T }>;

/** The generator processes of a run. */
export interface Processes {
  /** Their process ids, in the order of the tasks. */
  readonly pids: readonly (number | undefined)[];
  tell(message: ToProcess): void;
  /** Tells every process and resolves to the answers of those that live, in the order of the processes. */
  ask<T extends FromProcess['type']>(message: ToProcess, answer: T): Promise<Answer<T>[]>;
  /**
   * Closes the connections and ends the processes, for certain.
   * @param timeoutMs How long they may take to end when asked to, in milliseconds. Default 3000.
   */
  stop(timeoutMs?: number): Promise<void>;
}

export interface ProcessesOptions {
  tasks: readonly ProcessTask[];
  onSample(index: number, message: Answer<'sample'>): void;
  /** A process ended that should not have, and how. */
  onFailure(how: string): void;
  /** Ends, three seconds later, whichever process has not answered by then: the figures of the others are there. */
  hurry?: AbortSignal;
}

const STOP_TIMEOUT_MS = 3_000;
const HURRY_TIMEOUT_MS = 3_000;
const PROGRAM = fileURLToPath(new URL('./load-process.ts', import.meta.url));

/** Starts a child process for each task; each opens its connections at once. None outlives this process. */
export const startProcesses = ({ tasks, onSample, onFailure, hurry }: ProcessesOptions): Processes => {
  let stopping = false;
  const asked = new Set<ChildProcess>();
  const children = tasks.map((task) => {
    const child = fork(PROGRAM, [], { serialization: 'advanced', execArgv: [] });
    child.on('message', (message: FromProcess) => {
      if (message.type === 'sample') onSample(task.index, message);
    });
    const fail = (how: string): void => {
      if (!stopping)
        onFailure(`process ${task.index + 1} of ${tasks.length} ended early (${how}), its figures are missing`);
    };
    child.on('error', ({ message }) => fail(message));
    child.on('exit', (code, signal) => fail(signal ?? `exit code ${code}`));
    child.send({ type: 'connect', task } satisfies ToProcess);
    return child;
  });
  const tell = (message: ToProcess): void => {
    for (const child of children) if (child.connected) child.send(message);
  };
  const kill = (some: Iterable<ChildProcess>): void => {
    for (const child of some) child.kill('SIGKILL');
  };
  // A process that hangs would not notice that this one is gone.
  const killAll = (): void => kill(children);
  process.once('exit', killAll);
  hurry?.addEventListener('abort', () => setTimeout(() => kill(asked), HURRY_TIMEOUT_MS).unref());
  return {
    pids: children.map(({ pid }) => pid),
    tell,
    ask: async (message, type) => {
      const answers = Promise.all(
        children.map(async (child) => {
          asked.add(child);
          const answer = await answerOf(child, type);
          asked.delete(child);
          return answer;
        }),
      );
      tell(message);
      return (await answers).filter((answer) => answer !== undefined);
    },
    stop: async (timeoutMs = STOP_TIMEOUT_MS) => {
      stopping = true;
      tell({ type: 'leave' });
      await Promise.all(children.map((child) => exitOf(child, timeoutMs)));
      process.off('exit', killAll);
    },
  };
};

/** @returns `undefined` if the process ends before it has answered. */
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

/** So has one that could not even be started. */
const hasEnded = ({ pid, exitCode, signalCode }: ChildProcess): boolean =>
  pid === undefined || exitCode !== null || signalCode !== null;
