import { globSync } from 'node:fs';
import { basename } from 'node:path';

/**
 * The groups that `npm test` runs in one jest file each, `together/NAME.test.ts`, as patterns of files in `test/`.
 * Other test files run separately. The suites that run whole applications are among them, because each keeps a worker
 * busy.
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
    'packages/local/{cli,console,faults,iam,model,run,runtime,template}/**',
    'transcripts/**',
  ],
  middleware: ['middleware/**'],
  threads: ['packages/local/{engines,event-sources,functions}/**'],
};

export type Group = keyof typeof GROUPS;

const isFastTest = (file: string) => file.endsWith('.test.ts') && !file.endsWith('.slow.test.ts');

/** The test files of a group, from the root of the repository. */
export const filesOf = (group: Group): string[] =>
  globSync(GROUPS[group].map((pattern) => `test/${pattern}`))
    .filter(isFastTest)
    .sort();

/** The test files that the files of `together/` run. A group without such a file runs its tests separately. */
export const groupedFiles = (): string[] =>
  globSync('test/support/together/*.test.ts').flatMap((file) => filesOf(basename(file, '.test.ts') as Group));
