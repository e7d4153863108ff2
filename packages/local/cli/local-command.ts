import { statSync } from 'node:fs';
import { runCommand, UsageError } from '../../command-line/command.ts';
import { LOCAL_OPTIONS, runApplication } from './run-application.ts';
import { assemblySources, projectSources } from './watched-sources.ts';

const OUT_FOLDER = 'cdk.local';

/** `middy-fanout local` and the bin `middy-fanout-local`: runs any CDK application that has a WebSocket API. */
export const local = (): Promise<void> =>
  runCommand(
    {
      usage: 'middy-fanout local --app "npx cdk synth" | --cdk-out DIR',
      about: 'Runs a CDK application with a WebSocket API on this machine: no AWS account, no Docker.',
      options: {
        app: {
          type: 'text',
          value: 'COMMAND',
          help: 'same as --app of the CDK: the application, a command that synthesizes it, or the folder of an assembly',
        },
        watch: {
          type: 'text',
          value: 'COMMAND',
          help: 'command that synthesizes it again when a source has changed; default the command of --app',
        },
        ...LOCAL_OPTIONS,
      },
    },
    async (options) => {
      const { app, watch, cdkOut } = options;
      const folder = cdkOut ?? (app !== undefined && isFolder(app) ? app : undefined);
      const outFolder = folder ?? OUT_FOLDER;
      const assembly = folder ?? (app === undefined ? undefined : { command: app, outFolder });
      if (assembly === undefined || (app !== undefined && cdkOut !== undefined))
        throw new UsageError('Give --app "npx cdk synth" or --cdk-out DIR');
      const command = watch ?? (folder === undefined ? app : undefined);
      const sources =
        command === undefined
          ? { ...assemblySources(outFolder), synthesis: outFolder }
          : {
              ...projectSources(command, [outFolder, OUT_FOLDER, options.logFile ?? []].flat()),
              synthesis: { command, outFolder },
            };
      await runApplication(options, { assembly, sources });
    },
  );

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
