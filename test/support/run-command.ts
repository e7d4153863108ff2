import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface RunningCommand {
  ended: Promise<Ended>;
  /** Resolves once the text was written to either output. */
  says(text: string): Promise<void>;
  /** What it has written to stdout so far. */
  output(): string;
  interrupt(): void;
  pid: number;
}

export interface RunOptions {
  /** Beside that of this process; `undefined` takes a variable away. */
  env?: Record<string, string | undefined>;
  /** In a process group of its own, whose id is its process id. */
  ownGroup?: boolean;
}

/** Runs a file as its npm script does, by its path from the root. */
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
        reject(new Error(`It ended without saying ${JSON.stringify(text)}: ${JSON.stringify(output)}`)),
      );
    });
  const interrupt = (): void => {
    child.kill('SIGINT');
  };
  return { ended, says, output: () => output.stdout, interrupt, pid: child.pid as number };
};
