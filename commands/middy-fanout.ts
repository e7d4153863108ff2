#!/usr/bin/env node
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
require('./check-node.cjs');

/** The bin `middy-fanout`: `middy-fanout COMMAND [options]` is what `npm run COMMAND` is in this repository. */
const COMMANDS: Readonly<Record<string, { what: string; run: () => Promise<unknown> }>> = {
  local: { what: 'runs a CDK application with a WebSocket API on this machine', run: () => import('./local.ts') },
  load: { what: 'load-tests a stage and writes a report', run: () => import('./load.ts') },
  plan: { what: 'says what a load costs and whether the quotas allow it', run: () => import('./plan.ts') },
  broadcast: { what: 'sends a message to every connection of a stage', run: () => import('./broadcast.ts') },
  explain: { what: 'says what became of a broadcast', run: () => import('./explain.ts') },
  redrive: { what: 'sends dead letters back to the broadcast queue', run: () => import('./redrive.ts') },
};

const HELP = `middy-fanout COMMAND [options]; middy-fanout COMMAND --help says which

${Object.entries(COMMANDS)
  .map(([name, { what }]) => `  ${name.padEnd(12)}${what}`)
  .join('\n')}
`;

const [name = '--help'] = process.argv.splice(2, 1);
const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
if (command) {
  await command.run();
} else if (['--help', '-h'].includes(name)) {
  process.stdout.write(HELP);
} else if (['--version', '-v'].includes(name)) {
  process.stdout.write(`${require('middy-fanout/package.json').version}\n`);
} else {
  process.stderr.write(`There is no command "${name}". There are: ${Object.keys(COMMANDS).join(', ')}\n`);
  // Not above: an old Node is told what it lacks before it reads anything else.
  const { EXIT } = await import('../packages/command-line/command.ts');
  process.exitCode = EXIT.badInput;
}
