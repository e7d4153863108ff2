// `middy-fanout init`: adds a WebSocket API with one route to a CDK application, or makes a new application.
import { runCommand } from '../packages/command-line/command.ts';
import { initialize } from './starter/initialize.ts';

await runCommand(
  {
    usage: 'middy-fanout init',
    about: `Adds a stack with a WebSocket API, one route and its test to the CDK application in this folder. In an empty folder it
makes a new application. No existing file is overwritten.`,
    options: {},
  },
  async () => {
    process.stdout.write(initialize(process.cwd()));
  },
);
