import { TASK_ROOT } from './handler-file.ts';

/** A module that `NODE_OPTIONS` load before the handler. */
export interface Preload {
  option: '--require' | '--import';
  /** `./pre.js`, relative to the code, or a package: `source-map-support/register`. */
  specifier: string;
}

/** The parts of a function's `NODE_OPTIONS`. */
export interface NodeOptions {
  /** In the order in which Node loads them: `--require` first. */
  preloads: readonly Preload[];
  /** The options that set up a whole process. A thread does not have them. */
  ofProcess: readonly string[];
  /** All other options, for the thread that runs the function. */
  ofThread: string;
}

const PRELOADS: ReadonlyMap<string, Preload['option']> = new Map([
  ['-r', '--require'],
  ['--require', '--require'],
  ['--import', '--import'],
]);

/** These belong to a process: for a thread they have no effect, or Node refuses them. The local run is one process. */
const OF_PROCESS =
  /^--(cpu-prof|debug-port|disable-proto|disable-wasm-trap-handler|dns-result-order|enable-fips|expose-gc|force-fips|heap-prof|icu-data-dir|inspect-p|max-old-space-size|max-semi-space-size|node-snapshot|openssl|report-|secure-heap|snapshot-blob|stack-trace-limit|title|tls-cipher-list|trace-event|trace-sigint|unhandled-rejections|use-bundled-ca|use-largepages|use-openssl-ca|v8-pool-size|zero-fill-buffers|(experimental-)?loader)/;

/** An option of a process that only tunes its memory. A function works the same without it, so no line names it. */
export const MEMORY_OPTION = /^--max[-_](old|semi)[-_]space[-_]size\b/;

/** Splits as Node does: at spaces, except in double quotes. In quotes, a backslash escapes the next character. */
const wordsOf = (text: string): string[] =>
  [...text.matchAll(/(?:"(?:\\.|[^"\\])*"|[^\s"])+/g)].map(([word]) =>
    word.replace(/"((?:\\.|[^"\\])*)"/g, (_, quoted: string) => quoted.replace(/\\(.)/g, '$1')),
  );

/**
 * Reads the `NODE_OPTIONS` of a function. On Lambda they belong to its process, which runs in the folder of the code.
 * Here the function is a thread of a process that runs elsewhere.
 * @see https://nodejs.org/api/cli.html#node_optionsoptions
 */
export const readNodeOptions = (text: string): NodeOptions => {
  const preloads: Preload[] = [];
  const ofProcess: string[] = [];
  const ofThread: string[] = [];
  const words = wordsOf(text);
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    const [, name = word, given] = /^(--[^=]+)=(.*)$/s.exec(word) ?? [];
    const option = PRELOADS.get(name);
    if (option) preloads.push({ option, specifier: inCode(given ?? words.shift() ?? '') });
    else if (OF_PROCESS.test(name.replaceAll('_', '-')))
      ofProcess.push(given === undefined && isValue(words[0]) ? `${word} ${words.shift()}` : word);
    else ofThread.push(word);
  }
  const byOption = (option: Preload['option']) => preloads.filter((preload) => preload.option === option);
  return {
    preloads: [...byOption('--require'), ...byOption('--import')],
    ofProcess,
    ofThread: ofThread.map((word) => (/[\s"\\]/.test(word) ? JSON.stringify(word) : word)).join(' '),
  };
};

const isValue = (word: string | undefined): boolean => word !== undefined && !word.startsWith('-');

const inCode = (specifier: string): string => {
  const path = specifier.replace(/^file:\/\/(?=\/)/, '');
  return path.startsWith(TASK_ROOT) ? `./${path.slice(TASK_ROOT.length)}` : specifier;
};
