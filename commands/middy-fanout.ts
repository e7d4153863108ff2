#!/usr/bin/env node
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
require('../packages/command-line/check-node.cjs');

/**
 * The bin `middy-fanout`. The local run and the load test are packages of their own: in the published package their
 * imports name them (scripts/build-package.ts).
 */
const COMMANDS: Readonly<Record<string, { what: string; package?: string; run: () => Promise<unknown> }>> = {
  local: {
    what: 'runs a CDK application with a WebSocket API on this machine',
    package: 'middy-fanout-local',
    run: async () => (await import('../packages/local/cli/local-command.ts')).local(),
  },
  load: {
    what: 'load-tests a stage and writes a report',
    package: 'middy-fanout-load',
    run: async () => (await import('../packages/load/cli.ts')).load(),
  },
  plan: {
    what: 'says what a load costs and whether the quotas allow it',
    package: 'middy-fanout-load',
    run: async () => (await import('../packages/load/cli.ts')).plan(),
  },
  broadcast: { what: 'sends a message to every connection of a stage', run: () => import('./broadcast.ts') },
  explain: { what: 'says what became of a broadcast', run: () => import('./explain.ts') },
  redrive: { what: 'sends dead letters back to the broadcast queue', run: () => import('./redrive.ts') },
};

const HELP = `middy-fanout COMMAND [options]; middy-fanout COMMAND --help says which

${Object.entries(COMMANDS)
  .map(([name, { what }]) => `  ${name.padEnd(12)}${what}`)
  .join('\n')}
`;

// Not above: an old Node is told what it lacks before it reads anything else.
const { EXIT, guardOutput } = await import('../packages/command-line/command.ts');
guardOutput();
const [name = '--help'] = process.argv.splice(2, 1);
const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
if (command) {
  await command.run().catch(sayWhatToInstall);
} else if (['--help', '-h'].includes(name)) {
  process.stdout.write(HELP);
} else if (['--version', '-v'].includes(name)) {
  process.stdout.write(`${require('middy-fanout/package.json').version}\n`);
} else {
  process.stderr.write(`There is no command "${name}". There are: ${Object.keys(COMMANDS).join(', ')}\n`);
  process.exitCode = EXIT.badInput;
}

/** A package that is not installed is no fault of the command's. */
function sayWhatToInstall(error: NodeJS.ErrnoException): void {
  const missing = command?.package;
  if (missing === undefined || error.code !== 'ERR_MODULE_NOT_FOUND' || !error.message.includes(`'${missing}'`))
    throw error;
  process.stderr.write(`"middy-fanout ${name}" needs the package ${missing}: npm install --save-dev ${missing}\n`);
  process.exitCode = 1;
}
