import { existsSync, readdirSync } from 'node:fs';
import { type WatchedBuild, watchHandlers } from '../infra/watch-handlers.ts';
import { runCommand, UsageError } from '../packages/command-line/command.ts';
import { LOG_FILE } from '../packages/local/cli/find-local-stack.ts';
import { LOCAL_OPTIONS, type RunnableApplication, runApplication } from '../packages/local/cli/run-application.ts';

/** The sources of an example. A change in one of them starts a new synthesis, which bundles the handlers too. */
const EXAMPLE_SOURCES = ['examples', 'infra', 'handlers', 'middleware', 'fan-out', 'aws', 'schemas'];

const CHAT = 'infra/app.ts';

const appOf = (example: string | undefined): string => {
  if (example === undefined && existsSync(CHAT)) return CHAT;
  if (example === undefined)
    throw new UsageError(
      `${process.cwd()} has no ${CHAT}. The chat runs in a checkout of middy-fanout. To run another application: middy-fanout local --app "npx cdk synth"`,
    );
  const file = `examples/${example}/app.ts`;
  if (existsSync(file)) return file;
  const examples = existsSync('examples')
    ? readdirSync('examples').filter((name) => existsSync(`examples/${name}/app.ts`))
    : [];
  throw new UsageError(`Unknown example "${example}". Examples: ${examples.join(', ')}`);
};

/** Bundles the chat's handlers again when a source has changed. A bundle takes a tenth of the time of a synthesis. */
const watchChat: RunnableApplication['watchCode'] = (run, notice) =>
  watchHandlers(['handlers/*.ts'], (build) => {
    if (!build.ok) problemLines(build).forEach(notice);
    else if (build.changed.length > 0) {
      const { changed, handlers, durationMs } = build;
      run.reloadCode({ codePath: handlers.folder, modules: changed, builtInMs: durationMs });
    }
  });

const problemLines = ({ problems }: Extract<WatchedBuild, { ok: false }>): string[] =>
  problems.map(({ file, line, column, text }) => {
    const place = file === undefined ? '' : `${file}:${line}:${(column ?? 0) + 1}: `;
    return `${place}${text}. The functions still run the code from before.`;
  });

await runCommand(
  {
    usage: 'npm start -- [options]',
    about: "Runs the chat's synthesized stack on this machine: no AWS account, no Docker.",
    options: {
      example: { type: 'text', value: 'NAME', help: 'run one of examples/ instead of the chat' },
      ...LOCAL_OPTIONS,
      stage: { ...LOCAL_OPTIONS.stage, help: 'the stage to synthesize and run; default production' },
      'log-file': { ...LOCAL_OPTIONS['log-file'], default: LOG_FILE, value: LOG_FILE },
    },
  },
  async (options) => {
    const { example, stage, cdkOut } = options;
    const isChat = example === undefined;
    const synthesis = {
      command: `"${process.execPath}" ${appOf(example)}`, // `node` in PATH can be another version or missing
      outFolder: 'build/cdk.local',
      // Without staging, assets are the bundler's own folders, so a new bundle needs no synthesis.
      context: { 'aws:cdk:disable-asset-staging': isChat, ...(stage && { stage }) },
    };
    const folders = isChat ? ['infra'] : EXAMPLE_SOURCES;
    const description = `Watches ${isChat ? 'infra and the sources of the handlers' : folders.join(', ')}, and runs what has changed.`;
    const watched = { sources: { folders: () => folders, description, synthesis } };
    const page = `examples/${example}/page`;
    await runApplication(options, {
      assembly: cdkOut ?? synthesis,
      ...(existsSync(page) && { pages: page }),
      ...(cdkOut === undefined && { ...watched, ...(isChat && { watchCode: watchChat }) }),
    });
  },
);
