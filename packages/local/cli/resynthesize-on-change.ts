import type { LocalLog } from '../model/local-event.ts';
import type { LocalRun } from '../run/start-local.ts';
import { watchSources } from './watch-sources.ts';

export interface KeepInStepOptions {
  run: LocalRun;
  log: LocalLog;
  /** Whose changes call for another synthesis. */
  folders: readonly string[];
  /** Folder names whose changes do not. */
  ignored?: readonly string[];
  /** Gives the new cloud assembly. */
  synthesize: () => Promise<string>;
}

/**
 * Synthesizes again when a source of the stack has changed, and changes the run to what came out: what cannot be changed
 * live, and what cannot be synthesized or run, is said, and the old goes on.
 * @returns what ends it.
 */
export const keepInStep = async ({
  run,
  log,
  folders,
  ignored = [],
  synthesize,
}: KeepInStepOptions): Promise<() => Promise<void>> => {
  let isChanged = false;
  let isStopped = false;
  let working: Promise<void> | undefined;

  const reload = async (): Promise<void> => {
    const cdkOut = await synthesize();
    if (isStopped) return;
    const needsRestart = await run.reloadApplication(cdkOut);
    for (const line of needsRestart) log({ type: 'notice', line });
  };
  const work = async (): Promise<void> => {
    while (isChanged) {
      isChanged = false;
      await reload().catch(({ message }: Error) => {
        if (!isStopped) log({ type: 'notice', line: `${message}\nWhat ran before goes on.` });
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
