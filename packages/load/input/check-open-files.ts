import { InputError } from '../workload/input-error.ts';

/** What a process needs beside its connections: libraries, pipes, event loop. */
const OWN_FILES = 64;

/**
 * Makes sure that one process may open so many connections. Windows has no such limit.
 * @param limit Most open files of a process. Default: this process's hard limit, to which Node raises itself.
 * @throws {InputError} with the limit and the command that raises it.
 */
export const checkOpenFiles = (connections: number, limit: number = openFilesLimit()): void => {
  const needed = connections + OWN_FILES;
  if (needed <= limit) return;
  throw new InputError(
    `--connections: ${connections} connections in one process need ${needed} open files and this shell allows ${limit}: run "ulimit -n ${needed}" first (as root, or raise nofile in /etc/security/limits.conf), or spread them with --processes.`,
  );
};

const openFilesLimit = (): number => {
  const report = process.report?.getReport() as { userLimits?: { open_files?: { hard: number | 'unlimited' } } };
  const hard = report.userLimits?.open_files?.hard;
  return typeof hard === 'number' ? hard : Number.POSITIVE_INFINITY;
};
