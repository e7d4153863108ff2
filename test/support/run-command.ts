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
}

/** Runs a file as its npm script does, by its path from the root. */
export const runCommand = (file: string, args: readonly string[], cwd = process.cwd()): RunningCommand => {
  const program = fileURLToPath(new URL(`../../${file}`, import.meta.url));
  const child = spawn(process.execPath, [program, ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
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
  return { ended, says, output: () => output.stdout, interrupt: () => child.kill('SIGINT') };
};
