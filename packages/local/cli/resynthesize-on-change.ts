import type { LocalLog } from '../model/local-event.ts';
import type { LocalRun } from '../run/start-local.ts';
import { type WatchSourcesOptions, watchSources } from './watch-sources.ts';

export interface ResynthesizeOptions extends Omit<WatchSourcesOptions, 'onChange'> {
  run: LocalRun;
  log: LocalLog;
  /** Returns the folder of the new cloud assembly. */
  synthesize: () => Promise<string>;
}

/**
 * Synthesizes the application again when a source has changed, and reloads the run with the result. If the synthesis
 * fails, or a change needs a restart, the log has the reason and the run stays as it is.
 * @returns A function that stops the watch.
 */
export const resynthesizeOnChange = async ({
  run,
  log,
  synthesize,
  ...sources
}: ResynthesizeOptions): Promise<() => Promise<void>> => {
  let changed: string[] = [];
  let isStopped = false;
  let working: Promise<void> | undefined;

  const reload = async (files: readonly string[]): Promise<void> => {
    const cdkOut = await synthesize();
    if (isStopped) return;
    const restartReasons = await run.reloadApplication(cdkOut, files);
    for (const line of restartReasons) log({ type: 'notice', line });
  };
  const work = async (): Promise<void> => {
    while (changed.length > 0) {
      const files = changed;
      changed = [];
      await reload(files).catch(({ message }: Error) => {
        if (!isStopped) log({ type: 'notice', line: `${message}\nThe run stays as it was.` });
      });
    }
    working = undefined;
  };
  const stop = await watchSources({
    ...sources,
    onChange: (files) => {
      changed.push(...files);
      working ??= work();
    },
  });
  return async () => {
    isStopped = true;
    changed = [];
    await stop();
    await working;
  };
};
