import { endWithParent } from '../packages/local/cli/end-with-parent.ts';
import { endWithSentence } from '../packages/local/cli/end-with-sentence.ts';
import { keepInStep } from '../packages/local/cli/keep-in-step.ts';
import { LOCAL_OPTIONS_HELP, parseLocalOptions } from '../packages/local/cli/local-options.ts';
import { runLocal } from '../packages/local/cli/run-local.ts';
import { synthesize } from '../packages/local/cli/synthesize.ts';
import { UsageError } from '../packages/local/cli/usage-error.ts';

const HELP = `middy-fanout local --app "npx cdk synth" | --cdk-out DIR

Runs a CDK application with a WebSocket API on this machine: no AWS account, no Docker.

  --app COMMAND          synthesizes the application: the CDK's CLI, or the application itself
  --watch COMMAND        synthesizes it again when a source below this folder has changed${LOCAL_OPTIONS_HELP}`;

const OUT_FOLDER = 'cdk.local';

const main = async (): Promise<void> => {
  const parsed = parseLocalOptions(process.argv.slice(2), { app: 'string', watch: 'string' });
  if (!parsed) return console.log(HELP);
  const { options, values } = parsed;
  const { app, watch } = values;
  if ((typeof app === 'string') === (options.cdkOut !== undefined)) {
    throw new UsageError('Give --app "npx cdk synth" or --cdk-out DIR');
  }
  const make = (command: unknown) => synthesize({ command: String(command), outFolder: options.cdkOut ?? OUT_FOLDER });
  await runLocal({
    options,
    cdkOut: async () => options.cdkOut ?? (await make(app)),
    ...(typeof watch === 'string' && {
      watch: async (run, log) =>
        keepInStep({ run, log, folders: ['.'], ignored: ['cdk.out', OUT_FOLDER], synthesize: () => make(watch) }),
    }),
  });
};

endWithParent();
await main().catch(endWithSentence);
