import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const POLL_MS = 100;
const NPM = /\b(npm|npx|pnpm|yarn|bun)\b/;

/**
 * Sends SIGTERM to this process when the npm that started it has ended for any reason. npm passes only CTRL+C on to its
 * script: the shell between the two does not forward a SIGTERM, and lives on after a SIGKILL of npm.
 * @returns A function that stops the watch.
 */
export const exitWithNpm = (): (() => void) => {
  const npm = process.env.npm_lifecycle_event === undefined ? undefined : findNpm();
  if (npm === undefined) return () => {};
  const timer = setInterval(() => {
    if (isAlive(npm)) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  }, POLL_MS).unref();
  return () => clearInterval(timer);
};

/**
 * Finds the nearest npm among the ancestors of this process. It must be in the same process group. A shell with job
 * control gives each job its own group, and such a job does not end with npm.
 */
const findNpm = (): number | undefined => {
  const { group, parent: first } = readProcess(process.pid) ?? {};
  for (let pid = first; pid !== undefined && pid > 1; ) {
    const ancestor = readProcess(pid);
    if (ancestor?.group !== group) return undefined;
    if (NPM.test(ancestor?.command ?? '')) return pid;
    pid = ancestor?.parent;
  }
  return undefined;
};

interface Process {
  parent: number;
  group: number;
  /** The program without its arguments: the shell of `sh -c "npm start"` is not an npm. */
  command: string;
}

/** @returns `undefined` if the process does not exist or cannot be read. */
const readProcess = (pid: number): Process | undefined => {
  try {
    if (process.platform !== 'linux') {
      const line = execFileSync('ps', ['-o', 'ppid=,pgid=,command=', '-p', `${pid}`], { encoding: 'utf8' });
      const [parent, group, ...command] = line.trim().split(/\s+/);
      return { parent: Number(parent), group: Number(group), command: nameOf(command) };
    }
    const { parent, group } = readStat(pid);
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split(/[\0 ]+/);
    return { parent, group, command: nameOf(command) };
  } catch {
    return undefined;
  }
};

/** The command line of npm is `npm start` or `node /usr/bin/npm start`, depending on the version of npm. */
const nameOf = ([program = '', script = '']: readonly string[]): string =>
  /(^|\/)node$/.test(program) ? script : program;

/** The name can contain any character, so the fields are read after its last `)`: see proc_pid_stat(5). */
const readStat = (pid: number): { state: string; parent: number; group: number } => {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const [state = '', parent, group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { state, parent: Number(parent), group: Number(group) };
};

/** A zombie counts as ended, although it still takes signals. */
const isAlive = (pid: number): boolean => {
  try {
    if (process.platform === 'linux') return readStat(pid).state !== 'Z';
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};
