import { execFile } from 'node:child_process';
import { delimiter, dirname } from 'node:path';
import { promisify } from 'node:util';
import { type RunningCommand, runProgram } from '../../support/run-command.ts';

const run = promisify(execFile);

/** This Node first, and neither npm's own variables nor the commands of this repository, as in a shell elsewhere. */
const environment = (): Record<string, string | undefined> => {
  const ofNpm = Object.keys(process.env).filter((name) => /^(npm_.*|INIT_CWD|NODE_OPTIONS|NODE)$/i.test(name));
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => !folder.includes('node_modules'));
  return {
    ...Object.fromEntries(ofNpm.map((name) => [name, undefined])),
    PATH: [dirname(process.execPath), ...folders].join(delimiter),
    ...{ npm_config_prefer_offline: 'true', npm_config_audit: 'false', npm_config_fund: 'false' },
    ...{ npm_config_yes: 'true', npm_config_loglevel: 'error', CI: 'true' },
  };
};

/** Runs a line of the shell in a folder. @returns Its output. @throws {Error} With its output, if it fails. */
export const shell = async (folder: string, line: string): Promise<string> => {
  const env = { ...process.env, ...environment() };
  try {
    const { stdout } = await run('bash', ['-c', line], { cwd: folder, env, maxBuffer: 1e8 });
    return stdout;
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`${line}:\n${stdout}${stderr}`);
  }
};

/** A line of the shell that runs until it is interrupted, with all processes that it has started. */
export const shellInBackground = (folder: string, line: string): RunningCommand => {
  const running = runProgram('bash', ['-c', line], folder, { env: environment(), ownGroup: true });
  return { ...running, interrupt: () => process.kill(-running.pid, 'SIGINT') };
};
