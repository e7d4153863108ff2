/** The resources that a server process of the bench uses. The process needs `--expose-gc`. */
export interface Usage {
  cpuMs: number;
  /** After a forced collection. */
  residentMb: number;
  connectionIds: readonly string[];
}

/** Sends the port to the parent process, then its {@link Usage} on each request. */
export const answerUsage = (port: number, connectionIds: () => readonly string[]): void => {
  process.on('message', () => {
    globalThis.gc?.();
    const { user, system } = process.cpuUsage();
    const usage: Usage = {
      cpuMs: (user + system) / 1_000,
      residentMb: process.memoryUsage.rss() / 1_048_576,
      connectionIds: connectionIds(),
    };
    process.send?.(usage);
  });
  process.on('disconnect', () => process.exit());
  process.send?.({ port });
};
