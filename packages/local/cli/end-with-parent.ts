const LOOK_MS = 500;

/**
 * Ends this process, as SIGTERM does, within half a second after its parent has ended, where npm started it: the shell
 * between npm and a script keeps a SIGTERM to itself, and the run would hold its port with nobody to end it.
 */
export const endWithParent = (): void => {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) process.kill(process.pid, 'SIGTERM');
  }, LOOK_MS).unref();
};
