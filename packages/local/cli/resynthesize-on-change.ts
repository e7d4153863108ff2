import type { LocalLog } from '../model/local-event.ts';
import type { LocalRun } from '../run/start-local.ts';
import { watchSources } from './watch-sources.ts';

export interface ResynthesizeOptions {
  run: LocalRun;
  log: LocalLog;
  /** A changed source in one of these folders starts a synthesis. */
  folders: readonly string[];
  /** Names of folders that are not watched. */
  ignored?: readonly string[];
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
  folders,
  ignored = [],
  synthesize,
}: ResynthesizeOptions): Promise<() => Promise<void>> => {
  let isChanged = false;
  let isStopped = false;
  let working: Promise<void> | undefined;

  const reload = async (): Promise<void> => {
    const cdkOut = await synthesize();
    if (isStopped) return;
    const restartReasons = await run.reloadApplication(cdkOut);
    for (const line of restartReasons) log({ type: 'notice', line });
  };
  const work = async (): Promise<void> => {
    while (isChanged) {
      isChanged = false;
      await reload().catch(({ message }: Error) => {
        if (!isStopped) log({ type: 'notice', line: `${message}\nThe run stays as it was.` });
      });
    }
    working = undefined;
  };
  const stop = await watchSources({
    folders,
    ignored,
    onChange: () => {
      isChanged = true;
      working ??= work();
    },
  });
  return async () => {
    isStopped = true;
    isChanged = false;
    await stop();
    await working;
  };
};
