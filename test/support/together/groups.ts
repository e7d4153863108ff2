import { globSync } from 'node:fs';
import { basename } from 'node:path';

/**
 * What `npm test` runs in one jest file each, `together/NAME.test.ts`: patterns of files in `test/`. What no group has
 * runs in a file of its own, as do the suites that run whole applications: they keep a worker busy by themselves.
 */
const GROUPS = {
  aws: ['aws/**', 'bench/**', 'handlers/**', 'schemas/**', 'testing/**'],
  commands: ['commands/**', 'packages/command-line/**'],
  'fan-out': ['fan-out/**'],
  gateway: ['packages/local/gateway/**'],
  infra: ['infra/**', 'examples/from-event-bridge.test.ts'],
  load: ['packages/load/**'],
  local: [
    'packages/local/*.test.ts',
    'packages/local/{cli,console,faults,iam,run,runtime,template}/**',
    'transcripts/**',
  ],
  middleware: ['middleware/**'],
  threads: ['packages/local/{engines,event-sources,functions}/**'],
};

export type Group = keyof typeof GROUPS;

const isFastTest = (file: string) => file.endsWith('.test.ts') && !file.endsWith('.slow.test.ts');

/** Its test files, from the root of the repository. */
export const filesOf = (group: Group): string[] =>
  globSync(GROUPS[group].map((pattern) => `test/${pattern}`))
    .filter(isFastTest)
    .sort();

/** What the files of `together/` run, so that a group without such a file loses no test. */
export const groupedFiles = (): string[] =>
  globSync('test/support/together/*.test.ts').flatMap((file) => filesOf(basename(file, '.test.ts') as Group));
