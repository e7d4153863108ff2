import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface RunningCommand {
  ended: Promise<Ended>;
  /** Resolves when the text was written to stdout or stderr. */
  says(text: string): Promise<void>;
  /** The text written to stdout so far. */
  output(): string;
  interrupt(): void;
  pid: number;
}

export interface RunOptions {
  /** Added to this process's environment; `undefined` removes a variable. */
  env?: Record<string, string | undefined>;
  /** Starts the command in its own process group. The group's id is the process id. */
  ownGroup?: boolean;
}

/** Runs a file as its npm script does. `file` is its path from the root of the repository. */
export const runCommand = (
  file: string,
  args: readonly string[],
  cwd = process.cwd(),
  options: RunOptions = {},
): RunningCommand => {
  const program = fileURLToPath(new URL(`../../${file}`, import.meta.url));
  return runProgram(process.execPath, [program, ...args], cwd, options);
};

export const runProgram = (
  program: string,
  args: readonly string[],
  cwd = process.cwd(),
  { env = {}, ownGroup = false }: RunOptions = {},
): RunningCommand => {
  const child = spawn(program, args, {
    ...{ cwd, env: { ...process.env, ...env }, detached: ownGroup },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  const listeners = new Set<() => void>();
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].on('data', (data) => {
      output[name] += data;
      for (const listener of listeners) listener();
    });
  }
  const ended = new Promise<Ended>((resolve) => child.once('close', (code) => resolve({ code, ...output })));
  const says = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (!`${output.stdout}${output.stderr}`.includes(text)) return;
        listeners.delete(look);
        resolve();
      };
      listeners.add(look);
      look();
      void ended.then(() =>
        reject(new Error(`The command ended without the text ${JSON.stringify(text)}: ${JSON.stringify(output)}`)),
      );
    });
  const interrupt = (): void => {
    child.kill('SIGINT');
  };
  return { ended, says, output: () => output.stdout, interrupt, pid: child.pid as number };
};
