import { existsSync, readdirSync } from 'node:fs';
import { type WatchedBuild, watchHandlers } from '../infra/watch-handlers.ts';
import { endWithSentence } from '../local/cli/end-with-sentence.ts';
import { keepInStep } from '../local/cli/keep-in-step.ts';
import { LOCAL_OPTIONS_HELP, parseLocalOptions } from '../local/cli/local-options.ts';
import { LOG_FILE } from '../local/cli/log-file.ts';
import { runLocal } from '../local/cli/run-local.ts';
import { synthesize } from '../local/cli/synthesize.ts';
import { UsageError } from '../local/cli/usage-error.ts';
import type { LocalLog } from '../local/local-event.ts';
import type { LocalRun } from '../local/start-local.ts';

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

/** Where a change calls for another synthesis, and where the handlers are. */
const sourcesOf = (example: unknown) =>
  example === undefined
    ? { stack: ['infra'], handlers: 'handlers/*.ts' }
    : { stack: ['infra', `examples/${example}`], handlers: `examples/${example}/handlers/*.ts` };

const main = async (): Promise<void> => {
  const parsed = parseLocalOptions(process.argv.slice(2), { example: 'string' });
  if (!parsed) return console.log(HELP);
  const { options, values } = parsed;
  const application = applicationOf(values.example);
  const sources = sourcesOf(values.example);
  const synthesizeStack = () =>
    synthesize({
      command: `node ${application}`,
      outFolder: 'build/cdk.local',
      // Assets are then the bundler's own folders, so that a new bundle is seen without another synthesis.
      context: { 'aws:cdk:disable-asset-staging': true, ...(options.stage && { stage: options.stage }) },
    });
  await runLocal({
    options: { logFile: LOG_FILE, ...options },
    cdkOut: async () => options.cdkOut ?? (await synthesizeStack()),
    pages: 'page',
    ...(options.cdkOut === undefined && {
      watch: async (run, log) => {
        const endStack = keepInStep({
          run,
          log,
          folders: sources.stack,
          ignored: ['handlers'],
          synthesize: synthesizeStack,
        });
        const endHandlers = await watchHandlers([sources.handlers], (build) => tellBuild(build, run, log));
        return async () => {
          await Promise.all([endStack(), endHandlers()]);
        };
      },
    }),
  });
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

await main().catch(endWithSentence);
