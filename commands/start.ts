import { existsSync, readdirSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type WatchedBuild, watchHandlers } from '../infra/watch-handlers.ts';
import { endWithParent } from '../packages/local/cli/end-with-parent.ts';
import { endWithSentence } from '../packages/local/cli/end-with-sentence.ts';
import { keepInStep } from '../packages/local/cli/keep-in-step.ts';
import { LOCAL_OPTIONS_HELP, parseLocalOptions } from '../packages/local/cli/local-options.ts';
import { LOG_FILE } from '../packages/local/cli/log-file.ts';
import { runLocal } from '../packages/local/cli/run-local.ts';
import { synthesize } from '../packages/local/cli/synthesize.ts';
import { UsageError } from '../packages/local/cli/usage-error.ts';
import type { LocalLog } from '../packages/local/model/local-event.ts';
import type { LocalRun } from '../packages/local/run/start-local.ts';

const HELP = `npm start -- [options]

Runs the chat's synthesized stack on this machine: no AWS account, no Docker.

  --example NAME         one of examples/ in place of the chat${LOCAL_OPTIONS_HELP}`;

const applicationOf = (example: unknown): string => {
  if (example === undefined) return 'infra/app.ts';
  const file = `examples/${example}/app.ts`;
  if (existsSync(file)) return file;
  const examples = existsSync('examples')
    ? readdirSync('examples').filter((name) => existsSync(`examples/${name}/app.ts`))
    : [];
  throw new UsageError(`There is no example "${example}". There is: ${examples.join(', ')}`);
};

/** What an example is made of: a change in any of it calls for another synthesis, which bundles too. */
const EXAMPLE_SOURCES = ['examples', 'infra', 'handlers', 'middleware', 'fan-out', 'aws', 'schemas'];

const main = async (): Promise<void> => {
  const parsed = parseLocalOptions(process.argv.slice(2), { example: 'string' });
  if (!parsed) return console.log(HELP);
  const { options, values } = parsed;
  const isExample = values.example !== undefined;
  const command = `node ${applicationOf(values.example)}`;
  const context = {
    // Unstaged, assets are the bundler's own folders, so that a new bundle is seen without another synthesis.
    'aws:cdk:disable-asset-staging': !isExample,
    ...(options.stage && { stage: options.stage }),
  };
  const makeAssembly = () => synthesize({ command, outFolder: 'build/cdk.local', context });
  const watchStack = (run: LocalRun, log: LocalLog) => {
    const folders = isExample ? EXAMPLE_SOURCES : ['infra'];
    return keepInStep({ run, log, folders, synthesize: makeAssembly });
  };
  await runLocal({
    options: { logFile: LOG_FILE, ...options },
    cdkOut: async () => options.cdkOut ?? (await makeAssembly()),
    pages: 'packages/local/console',
    ...(options.cdkOut === undefined && {
      watch: async (run, log) => {
        const ends = [await watchStack(run, log)];
        if (!isExample) ends.push(await watchChat(run, log));
        forgetStart();
        return async () => {
          await Promise.all(ends.map((end) => end()));
        };
      },
    }),
  });
};

/** Bundles the chat's handlers again when one of their sources has changed: a tenth of what a synthesis takes. */
const watchChat = (run: LocalRun, log: LocalLog): Promise<() => Promise<void>> =>
  inLittleMemory(() => watchHandlers(['handlers/*.ts'], (build) => tellBuild(build, run, log)));

/** A run that waits for its first client keeps 30 MB less: V8 collects what the start has left only when there is work. */
const forgetStart = (): void => {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
};

/**
 * esbuild's process lives as long as the run, and Go takes 120 MB for it where nothing bounds it. With this it takes 100;
 * with less it collects garbage all the time, and a build takes twice as long.
 */
const inLittleMemory = async <T>(begin: () => Promise<T>): Promise<T> => {
  process.env.GOMEMLIMIT = '96MiB';
  const begun = await begin();
  delete process.env.GOMEMLIMIT;
  return begun;
};

/** A build that failed leaves the functions as they were. */
const tellBuild = (build: WatchedBuild, run: LocalRun, log: LocalLog): void => {
  if (build.ok) {
    const { changed, handlers, durationMs } = build;
    if (changed.length > 0) run.reloadCode({ codePath: handlers.folder, modules: changed, builtInMs: durationMs });
    return;
  }
  for (const { file, line, column, text } of build.problems) {
    const where = file === undefined ? '' : `${file}:${line}:${(column ?? 0) + 1}: `;
    log({ type: 'notice', line: `${where}${text}. What ran before goes on.` });
  }
};

endWithParent();
await main().catch(endWithSentence);
