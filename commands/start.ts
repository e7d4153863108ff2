import { existsSync, readdirSync } from 'node:fs';
import { endWithSentence } from '../local/cli/end-with-sentence.ts';
import { LOCAL_OPTIONS_HELP, parseLocalOptions } from '../local/cli/local-options.ts';
import { LOG_FILE } from '../local/cli/log-file.ts';
import { runLocal } from '../local/cli/run-local.ts';
import { synthesize } from '../local/cli/synthesize.ts';
import { UsageError } from '../local/cli/usage-error.ts';

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

const main = async (): Promise<void> => {
  const parsed = parseLocalOptions(process.argv.slice(2), { example: 'string' });
  if (!parsed) return console.log(HELP);
  const { options, values } = parsed;
  const application = applicationOf(values.example);
  await runLocal({
    options: { logFile: LOG_FILE, ...options },
    cdkOut: async () =>
      options.cdkOut ??
      (await synthesize({
        command: `node ${application}`,
        outFolder: 'build/cdk.local',
        // Assets are then the bundler's own folders, so that a new bundle is seen without another synthesis.
        context: { 'aws:cdk:disable-asset-staging': true, ...(options.stage && { stage: options.stage }) },
      })),
  });
};

await main().catch(endWithSentence);
