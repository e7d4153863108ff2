import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { Worker, type WorkerOptions } from 'node:worker_threads';

/** In a worker, `import` finds the stripped sources that came with it. */
const BOOTSTRAP = `
const { registerHooks } = require('node:module');
const { workerData } = require('node:worker_threads');
const { entry, sources } = workerData;
registerHooks({
  load: (url, context, next) =>
    sources.has(url) ? { format: 'module', source: sources.get(url), shortCircuit: true } : next(url, context),
});
import(entry);
`;

/** Node warns that the function is experimental; the version is ours to choose, and a user has no use for the warning. */
const stripTypes = (source: string): string => {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return stripTypeScriptTypes(source);
  } finally {
    process.emitWarning = emitWarning;
  }
};

const stripped = new Map<string, ReadonlyMap<string, string>>();

/** The module and all of ours that it imports, by URL, with their types replaced by blanks: lines stay where they are. */
const strippedSources = (entry: string): ReadonlyMap<string, string> => {
  const known = stripped.get(entry);
  if (known) return known;
  const sources = new Map<string, string>();
  const add = (url: string) => {
    if (sources.has(url)) return;
    const source = stripTypes(readFileSync(new URL(url), 'utf8'));
    sources.set(url, source);
    for (const [, specifier] of source.matchAll(/from\s+'(\.[^']+\.ts)'/g)) add(new URL(specifier as string, url).href);
  };
  add(entry);
  stripped.set(entry, sources);
  return sources;
};

/**
 * Starts a thread on a module of ours. Types are stripped here, once: a worker that did it itself would need 30 to 60 ms
 * and 10 MB more each time. The packaged JavaScript is started as it is.
 * @param name The module's file name without extension, beside the one that asks.
 * @param from `import.meta.url` of the module that asks.
 */
export const startWorker = (name: string, from: string, options: WorkerOptions & { workerData: object }): Worker => {
  const entry = new URL(`./${name}${from.endsWith('.ts') ? '.ts' : '.js'}`, from).href;
  // The parent's own flags (jest's, --require) are not for its threads.
  const common = { execArgv: [], ...options };
  if (entry.endsWith('.js')) return new Worker(new URL(entry), common);
  return new Worker(BOOTSTRAP, {
    ...common,
    eval: true,
    workerData: { ...options.workerData, entry, sources: strippedSources(entry) },
  });
};
