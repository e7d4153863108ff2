import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  completeManifest,
  NEW_ENTRY,
  newApplicationFiles,
  STACK,
  stackFileOf,
  stackLines,
} from './application-files.ts';
import { describeDone } from './describe-done.ts';
import { addStack } from './edit-source.ts';
import { type Project, readProject } from './read-project.ts';
import { routeFiles } from './route-files.ts';
import { changeFile, writeFiles } from './write-files.ts';

/**
 * Adds a stack with one route to the CDK application in a folder, or makes a new one in an empty folder.
 * @returns A text to print: the changes, and the next steps.
 * @throws {UsageError} If it cannot work in this folder. In this case no file is written.
 */
export const initialize = (folder: string): string => {
  const project = readProject(folder);
  const entry = project.entry ?? NEW_ENTRY;
  const { written, kept } = writeFiles(folder, {
    [stackFileOf(entry)]: STACK,
    ...routeFiles('send-message', 'handlers', project),
    ...(project.isNew ? newApplicationFiles(project) : {}),
    ...(existsSync(join(folder, 'package.json')) ? {} : { 'package.json': manifestOf('{}', project) }),
  });
  const entryChange = project.isNew ? 'none' : changeEntry(project);
  const changed = [
    ...(entryChange === 'changed' ? [entry] : []),
    ...(!written.includes('package.json') && changeFile(folder, 'package.json', (text) => manifestOf(text, project))
      ? ['package.json']
      : []),
    ...(changeFile(folder, '.gitignore', ignoreBuild) ? ['.gitignore'] : []),
  ];
  const byHand = entryChange === 'by hand' ? linesToAdd(project) : [];
  return describeDone({ written, changed, kept, byHand, next: nextSteps(project) });
};

const changeEntry = ({ folder, entry, extension }: Project): 'changed' | 'none' | 'by hand' => {
  if (entry === undefined) return 'by hand';
  if (/\bChatStack\b/.test(readFileSync(join(folder, entry), 'utf8'))) return 'none';
  const linesFor = (app: string) => stackLines(entry, extension, app);
  return changeFile(folder, entry, (source) => addStack(source, linesFor)) ? 'changed' : 'by hand';
};

const linesToAdd = ({ entry, extension }: Project): string[] => {
  const { importLine, statement } = stackLines(entry ?? NEW_ENTRY, extension, 'app');
  return [`${entry ?? 'The file that makes your stacks'} is not changed. Add to it:`, importLine, statement];
};

const manifestOf = (text: string, project: Project): string => {
  const manifest = JSON.parse(text);
  const completed = completeManifest(manifest, project);
  if (JSON.stringify(completed) === JSON.stringify(manifest)) return text;
  const [, indentation = '  '] = /^([ \t]+)"/m.exec(text) ?? [];
  return `${JSON.stringify(completed, null, indentation)}\n`;
};

/** Adds `build` to `.gitignore`: the bundled handlers are in that folder. */
const ignoreBuild = (text: string): string =>
  /^\/?build\/?$/m.test(text) ? text : `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}build\n`;

const INSTALL: Readonly<Record<Project['packageManager'], string>> = {
  npm: 'npm install',
  pnpm: 'pnpm add',
  yarn: 'yarn add',
};

const nextSteps = ({ isNew, packageManager, dependencies, scripts }: Project): string[] => {
  const missing = ['esbuild', 'middy-fanout', 'middy-fanout-local'].filter((name) => !dependencies.includes(name));
  const install = isNew ? `${packageManager} install` : `${INSTALL[packageManager]} -D ${missing.join(' ')}`;
  return [
    ...(isNew || missing.length > 0 ? [install] : []),
    ...(isNew || scripts.test !== undefined ? [`${packageManager} test`] : []),
    `${packageManager} run local`,
    'npx wscat -c ws://127.0.0.1:3001/production   (in two other terminals)',
    '> {"action":"send-message","message":"hello"}   (in one of them: the other receives hello)',
  ];
};
