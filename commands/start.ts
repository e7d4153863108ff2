import { existsSync, readdirSync } from 'node:fs';
import { type WatchedBuild, watchHandlers } from '../infra/watch-handlers.ts';
import { runCommand, UsageError } from '../packages/command-line/command.ts';
import { LOG_FILE } from '../packages/local/cli/find-local-stack.ts';
import { LOCAL_OPTIONS, type RunnableApplication, runApplication } from '../packages/local/cli/run-application.ts';

/** What an example is made of: a change in any of it calls for another synthesis, which bundles too. */
const EXAMPLE_SOURCES = ['examples', 'infra', 'handlers', 'middleware', 'fan-out', 'aws', 'schemas'];

const CHAT = 'infra/app.ts';

const appOf = (example: string | undefined): string => {
  if (example === undefined && existsSync(CHAT)) return CHAT;
  if (example === undefined)
    throw new UsageError(
      `There is no ${CHAT} in ${process.cwd()}: the chat runs in a checkout of middy-fanout. For another application: middy-fanout local --app "npx cdk synth"`,
    );
  const file = `examples/${example}/app.ts`;
  if (existsSync(file)) return file;
  const examples = existsSync('examples')
    ? readdirSync('examples').filter((name) => existsSync(`examples/${name}/app.ts`))
    : [];
  throw new UsageError(`There is no example "${example}". There is: ${examples.join(', ')}`);
};

/** Bundles the chat's handlers again when one of their sources has changed: a tenth of what a synthesis takes. */
const watchChat: RunnableApplication['watchCode'] = (run, notice) =>
  watchHandlers(['handlers/*.ts'], (build) => {
    if (!build.ok) problemsOf(build).forEach(notice);
    else if (build.changed.length > 0) {
      const { changed, handlers, durationMs } = build;
      run.reloadCode({ codePath: handlers.folder, modules: changed, builtInMs: durationMs });
    }
  });

/** A build that failed leaves the functions as they were. */
const problemsOf = ({ problems }: Extract<WatchedBuild, { ok: false }>): string[] =>
  problems.map(({ file, line, column, text }) => {
    const where = file === undefined ? '' : `${file}:${line}:${(column ?? 0) + 1}: `;
    return `${where}${text}. What ran before goes on.`;
  });

await runCommand(
  {
    usage: 'npm start -- [options]',
    about: "Runs the chat's synthesized stack on this machine: no AWS account, no Docker.",
    options: {
      example: { type: 'text', value: 'NAME', help: 'one of examples/ in place of the chat' },
      ...LOCAL_OPTIONS,
      'log-file': { ...LOCAL_OPTIONS['log-file'], default: LOG_FILE, value: LOG_FILE },
    },
  },
  async (options) => {
    const { example, stage, cdkOut } = options;
    const isChat = example === undefined;
    const synthesis = {
      command: `"${process.execPath}" ${appOf(example)}`, // `node` may be another one, or none
      outFolder: 'build/cdk.local',
      // Unstaged, assets are the bundler's own folders, so that a new bundle is seen without another synthesis.
      context: { 'aws:cdk:disable-asset-staging': isChat, ...(stage && { stage }) },
    };
    const watched = { sources: { folders: isChat ? ['infra'] : EXAMPLE_SOURCES, synthesis } };
    await runApplication(options, {
      assembly: cdkOut ?? synthesis,
      pages: 'packages/local/console',
      ...(cdkOut === undefined && { ...watched, ...(isChat && { watchCode: watchChat }) }),
    });
  },
);
