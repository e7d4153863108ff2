import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { FromProcess, ProcessTask, ToProcess } from './process-messages.ts';

type Answer<T extends FromProcess['type']> = Extract<FromProcess, { type: T }>;

/** The generator processes of a run. */
export interface Processes {
  /** Their process ids, in the order of the tasks. */
  readonly pids: readonly (number | undefined)[];
  tell(message: ToProcess): void;
  /** Tells every process and resolves to their answers, in the order of the processes. */
  ask<T extends FromProcess['type']>(message: ToProcess, answer: T): Promise<Answer<T>[]>;
  /** Closes the connections and ends the processes, for certain. */
  stop(): Promise<void>;
}

export interface ProcessesOptions {
  tasks: readonly ProcessTask[];
  onSample(index: number, message: Answer<'sample'>): void;
  /** A process ended that should not have. */
  onFailure(error: Error): void;
}

const STOP_TIMEOUT_MS = 3_000;
const PROGRAM = fileURLToPath(new URL('./load-process.ts', import.meta.url));

/** Starts a child process for each task; each opens its connections at once. */
export const startProcesses = ({ tasks, onSample, onFailure }: ProcessesOptions): Processes => {
  let stopping = false;
  const children = tasks.map((task) => {
    const child = fork(PROGRAM, [], { serialization: 'advanced', execArgv: [] });
    child.on('message', (message: FromProcess) => {
      if (message.type === 'sample') onSample(task.index, message);
    });
    child.on('error', onFailure);
    child.on('exit', (code, signal) => {
      if (!stopping)
        onFailure(new Error(`Generator process ${task.index + 1} ended early (${signal ?? `exit code ${code}`}).`));
    });
    child.send({ type: 'connect', task } satisfies ToProcess);
    return child;
  });
  const tell = (message: ToProcess): void => {
    for (const child of children) if (child.connected) child.send(message);
  };
  return {
    pids: children.map(({ pid }) => pid),
    tell,
    ask: (message, type) => {
      const answers = Promise.all(children.map((child) => answerOf(child, type)));
      tell(message);
      return answers;
    },
    stop: async () => {
      stopping = true;
      tell({ type: 'leave' });
      await Promise.all(children.map(exitOf));
    },
  };
};

const answerOf = <T extends FromProcess['type']>(child: ChildProcess, type: T): Promise<Answer<T>> =>
  new Promise((resolve, reject) => {
    const take = (message: FromProcess): void => {
      if (message.type !== type) return;
      child.off('message', take);
      resolve(message as Answer<T>);
    };
    child.on('message', take);
    child.once('exit', () => reject(new Error('A generator process ended before it had answered.')));
  });

const exitOf = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    child.once('exit', () => {
      clearTimeout(timer);
      resolve();
    });
  });
