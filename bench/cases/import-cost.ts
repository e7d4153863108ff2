import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import type { CaseReport } from '../report.ts';
import type { BenchRun } from '../run-bench.ts';
import { median } from '../timing.ts';

const PROJECT = fileURLToPath(new URL('../../', import.meta.url));
const LIB_DYNAMODB = `
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
const documents = DynamoDBDocumentClient.from(new DynamoDBClient());
export const scan = () => documents.send(new ScanCommand({ TableName: 'connections' }));
`;

/**
 * Measures how long the bundles of the handlers take to import, compared with a bundle of only `lib-dynamodb` that uses
 * esbuild's defaults.
 */
export const importCost = async ({ quick, folder, handlers, stub, onProgress }: BenchRun): Promise<CaseReport> => {
  const { names } = handlers;
  const files = new Map([
    [NOTHING, join(folder, 'nothing.mjs')],
    [LIB, join(folder, 'lib-dynamodb.cjs')],
    ...names.map((name): [string, string] => [name, join(handlers.folder, `${name}.mjs`)]),
  ]);
  await writeFile(files.get(NOTHING) as string, '');
  await bundleLib(files.get(LIB) as string);
  const took = new Map([...files.keys()].map((name): [string, number[]] => [name, []]));
  onProgress('imports of the handlers and of lib-dynamodb, alternating');
  for (let round = 0; round < (quick ? 7 : 21); round += 1) {
    for (const [name, file] of files) took.get(name)?.push(await timeImport(file, stub.environment));
  }
  const above = (name: string, summarize: (numbers: readonly number[]) => number): number =>
    summarize(took.get(name) ?? []) - summarize(took.get(NOTHING) ?? []);
  const overLib = (name: string): number => above(name, median) / above(LIB, median);
  return {
    title: 'Import above an empty process',
    columns: ['bundle', 'median ms', 'least ms'],
    rows: [...names, LIB].map((name) => [
      name,
      ...[median, least].map((summarize) => above(name, summarize).toFixed(1)),
    ]),
    figures: [
      { ...AGAINST_LIB, name: 'Import of the fan-out against lib-dynamodb alone', value: overLib('fan-out') },
      {
        ...AGAINST_LIB,
        name: 'Import of the slowest function against lib-dynamodb alone',
        value: Math.max(...names.map(overLib)),
      },
    ],
  };
};

const NOTHING = 'nothing';
const LIB = 'lib-dynamodb alone';
const AGAINST_LIB = { unit: 'times', target: 1, stretch: 0.5, better: 'less' } as const;

const least = (numbers: readonly number[]): number => Math.min(...numbers);

const bundleLib = async (outfile: string): Promise<void> => {
  const stdin = { contents: LIB_DYNAMODB, resolveDir: PROJECT };
  await build({ stdin, outfile, bundle: true, platform: 'node', logLevel: 'error' });
};

const TIME_IMPORT = `
const startedAt = performance.now();
await import(process.argv[1]);
console.log(performance.now() - startedAt);
process.exit();
`;

const timeImport = async (file: string, environment: Readonly<Record<string, string>>): Promise<number> => {
  const parameters = ['--input-type=module', '--eval', TIME_IMPORT, pathToFileURL(file).href];
  const { stdout } = await promisify(execFile)(process.execPath, parameters, {
    env: { ...process.env, ...environment },
  });
  return Number(stdout);
};
