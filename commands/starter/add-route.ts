import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { UsageError } from '../../packages/command-line/command.ts';
import { describeDone } from './describe-done.ts';
import { addRouteLine } from './edit-source.ts';
import { readProject } from './read-project.ts';
import { checkRouteName, routeFiles } from './route-files.ts';
import { changeFile, findPresent, writeFiles } from './write-files.ts';

/**
 * Adds a route to the CDK application in a folder: its schema, its handler, its test, and its line in the stack.
 * @returns A text to print: the changes, and the next steps.
 * @throws {UsageError} If the name is invalid or taken, or if there is no stack. In this case no file is written.
 */
export const addRoute = (folder: string, name: string): string => {
  checkRouteName(name);
  const project = readProject(folder);
  const [stack, ...otherStacks] = findStacks(folder);
  if (stack === undefined)
    throw new UsageError('No source file in this folder makes a FanOutApi: run "middy-fanout init" first');
  const owner = [stack, ...otherStacks].find(({ source }) => hasRoute(source, name));
  if (owner) throw new UsageError(`${owner.path} adds a route "${name}" already: choose another name`);
  const files = routeFiles(name, handlersFolderOf(stack.source), project);
  const [present] = findPresent(folder, files);
  if (present !== undefined) throw new UsageError(`${present} is there already: choose another name for the route`);

  const { written } = writeFiles(folder, files);
  const lineFor = (api: string): string => `${api}.addRoute('${name}', { can: ['broadcast'] });`;
  const isChanged =
    otherStacks.length === 0 && changeFile(folder, stack.path, (source) => addRouteLine(source, lineFor));
  return describeDone({
    written,
    changed: isChanged ? [stack.path] : [],
    byHand: isChanged
      ? []
      : ['Add the route to your stack. No file was changed, because the place is not clear:', lineFor('chat')],
    next: [
      ...(project.scripts.test === undefined ? [] : [`${project.packageManager} test`]),
      `${project.packageManager} run local`,
    ],
  });
};

interface Stack {
  path: string;
  source: string;
}

/** Skips the folders of packages and of output. */
const findStacks = (folder: string): Stack[] =>
  globSync('**/*.{ts,mts,cts}', {
    cwd: folder,
    exclude: (path) => /^(node_modules|build|dist|cdk\.out|\..+)$/.test(basename(path)),
  })
    .filter((path) => !/\.(d|test|spec)\.[cm]?ts$/.test(path))
    .map((path) => ({ path, source: readFileSync(join(folder, path), 'utf8') }))
    .filter(({ source }) => source.includes('new FanOutApi('));

const hasRoute = (source: string, name: string): boolean =>
  [`'${name}'`, `"${name}"`].some((text) => source.includes(`addRoute(${text}`));

/** The folder of the first glob that the stack bundles. */
const handlersFolderOf = (source: string): string => {
  const [, folder] = /\bbundle(?:Sync)?\(\s*['"](?:\.\/)?([\w./-]+)\/\*\.ts['"]/.exec(source) ?? [];
  return folder ?? 'handlers';
};
