#!/usr/bin/env node
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
require('../packages/command-line/check-node.cjs');

/**
 * The bin `middy-fanout`. The local run and the load test are separate packages: scripts/build-package.ts rewrites
 * these imports to their names.
 */
const COMMANDS: Readonly<Record<string, { about: string; package?: string; run: () => Promise<unknown> }>> = {
  init: { about: 'adds a WebSocket API to a CDK application, or makes a new one', run: () => import('./init.ts') },
  add: { about: 'adds a route: its schema, handler, test and line in the stack', run: () => import('./add.ts') },
  local: {
    about: 'runs a CDK application with a WebSocket API on this machine',
    package: 'middy-fanout-local',
    run: async () => (await import('../packages/local/cli/local-command.ts')).local(),
  },
  load: {
    about: 'load-tests a stage and writes a report',
    package: 'middy-fanout-load',
    run: async () => (await import('../packages/load/cli.ts')).load(),
  },
  plan: {
    about: 'computes what a load costs and whether it fits the quotas',
    package: 'middy-fanout-load',
    run: async () => (await import('../packages/load/cli.ts')).plan(),
  },
  broadcast: { about: 'sends a message to every connection of a stage', run: () => import('./broadcast.ts') },
  publish: { about: 'publishes a message to a channel of a stage', run: () => import('./publish.ts') },
  explain: { about: 'shows what happened to a broadcast', run: () => import('./explain.ts') },
  redrive: { about: 'sends dead letters back to the queue that they came from', run: () => import('./redrive.ts') },
};

const HELP = `middy-fanout COMMAND [options]

middy-fanout COMMAND --help lists the options of a command.

${Object.entries(COMMANDS)
  .map(([name, { about }]) => `  ${name.padEnd(12)}${about}`)
  .join('\n')}
`;

// After the check of Node: an old Node cannot read this module.
const { EXIT, guardOutput } = await import('../packages/command-line/command.ts');
guardOutput();
const [name = '--help'] = process.argv.splice(2, 1);
const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
if (command) {
  await command.run().catch(explainMissingPackage);
} else if (['--help', '-h'].includes(name)) {
  process.stdout.write(HELP);
} else if (['--version', '-v'].includes(name)) {
  process.stdout.write(`${require('middy-fanout/package.json').version}\n`);
} else {
  process.stderr.write(`Unknown command "${name}". Commands: ${Object.keys(COMMANDS).join(', ')}\n`);
  process.exitCode = EXIT.badInput;
}

/** Names the package to install. Any other error is thrown again. */
function explainMissingPackage(error: NodeJS.ErrnoException): void {
  const missing = command?.package;
  if (missing === undefined || error.code !== 'ERR_MODULE_NOT_FOUND' || !error.message.includes(`'${missing}'`))
    throw error;
  process.stderr.write(
    `"middy-fanout ${name}" needs the package ${missing}. Install it: npm install --save-dev ${missing}\n`,
  );
  process.exitCode = EXIT.failed;
}
