// `middy-fanout add route NAME`: adds a route to a CDK application that has a `FanOutApi`.
import { runCommand, UsageError } from '../packages/command-line/command.ts';
import { addRoute } from './starter/add-route.ts';

const isHelp = process.argv[2]?.startsWith('-') === true;
const [what] = isHelp ? [] : process.argv.splice(2, 1);

await runCommand(
  {
    usage: 'middy-fanout add route NAME',
    about: `Adds a route to the CDK application in this folder: schema, handler, test, and the line in the stack. No existing file is
overwritten. NAME is the route key, and the name of the files.`,
    argument: 'name',
    options: {},
  },
  async (_options, name) => {
    if (what !== 'route') throw new UsageError(`Cannot add "${what}". Write: middy-fanout add route NAME`);
    process.stdout.write(addRoute(process.cwd(), name));
  },
);
