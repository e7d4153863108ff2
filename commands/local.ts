import { endWithSentence } from '../local/cli/end-with-sentence.ts';
import { LOCAL_OPTIONS_HELP, parseLocalOptions } from '../local/cli/local-options.ts';
import { runLocal } from '../local/cli/run-local.ts';
import { synthesize } from '../local/cli/synthesize.ts';
import { UsageError } from '../local/cli/usage-error.ts';

const HELP = `middy-fanout local --app "npx cdk synth" | --cdk-out DIR

Runs a CDK application with a WebSocket API on this machine: no AWS account, no Docker.

  --app COMMAND          synthesizes the application${LOCAL_OPTIONS_HELP}`;

const main = async (): Promise<void> => {
  const parsed = parseLocalOptions(process.argv.slice(2), { app: 'string', watch: 'string' });
  if (!parsed) return console.log(HELP);
  const { options, values } = parsed;
  const { app } = values;
  if ((typeof app === 'string') === (options.cdkOut !== undefined)) {
    throw new UsageError('Give --app "npx cdk synth" or --cdk-out DIR');
  }
  await runLocal({
    options,
    cdkOut: async () => options.cdkOut ?? (await synthesize({ command: String(app), outFolder: 'cdk.local' })),
  });
};

await main().catch(endWithSentence);
