import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const LOOK_MS = 100;
const NPM = /\b(npm|npx|pnpm|yarn|bun)\b/;

/**
 * Ends this process, as SIGTERM does, once the npm that started it has ended, however that was. npm tells a script of
 * CTRL+C only: the shell between them keeps a SIGTERM to itself, and outlives a SIGKILL.
 * @returns what ends the watch.
 */
export const endWithNpm = (): (() => void) => {
  const npm = process.env.npm_lifecycle_event === undefined ? undefined : findNpm();
  if (npm === undefined) return () => {};
  const timer = setInterval(() => {
    if (isAlive(npm)) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  }, LOOK_MS).unref();
  return () => clearInterval(timer);
};

/**
 * The nearest npm above this process. Only in the same process group: a shell that npm started, and that runs us as a
 * job of its own, has a group for each job.
 */
const findNpm = (): number | undefined => {
  const { group, parent: first } = look(process.pid) ?? {};
  for (let pid = first; pid !== undefined && pid > 1; ) {
    const ancestor = look(pid);
    if (ancestor?.group !== group) return undefined;
    if (NPM.test(ancestor?.command ?? '')) return pid;
    pid = ancestor?.parent;
  }
  return undefined;
};

interface Process {
  parent: number;
  group: number;
  /** The program and its name, without what it was given: a shell that is given `npm start` is no npm. */
  command: string;
}

/** @returns `undefined` if there is none, or the system cannot tell. */
const look = (pid: number): Process | undefined => {
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

/** npm calls itself `npm start`; other versions are `node /usr/bin/npm start`. */
const nameOf = ([program = '', script = '']: readonly string[]): string =>
  /(^|\/)node$/.test(program) ? script : program;

/** https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html: the name before the state may hold anything, so from its end. */
const readStat = (pid: number): { state: string; parent: number; group: number } => {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const [state = '', parent, group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { state, parent: Number(parent), group: Number(group) };
};

/** One that has ended and that its parent has not asked about is no more, though signals still find it. */
const isAlive = (pid: number): boolean => {
  try {
    if (process.platform === 'linux') return readStat(pid).state !== 'Z';
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};
