import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import type { BenchRun } from '../bench-run.ts';
import { median } from '../median.ts';
import type { CaseReport } from './case-report.ts';

const PROJECT = fileURLToPath(new URL('../../', import.meta.url));
const LIB_DYNAMODB = `
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
const documents = DynamoDBDocumentClient.from(new DynamoDBClient());
export const scan = () => documents.send(new ScanCommand({ TableName: 'connections' }));
`;

/** What the fan-out's bundle takes to import, beside what `lib-dynamodb` alone takes bundled as esbuild does by default. */
export const importCost = async (run: BenchRun): Promise<CaseReport> => {
  const files = { nothing: join(run.folder, 'nothing.mjs'), lib: join(run.folder, 'lib-dynamodb.cjs') };
  await writeFile(files.nothing, '');
  await build({
    stdin: { contents: LIB_DYNAMODB, resolveDir: PROJECT },
    bundle: true,
    platform: 'node',
    outfile: files.lib,
    logLevel: 'error',
  });
  const ours = join(run.handlersFolder, 'fan-out.mjs');
  const took: Record<'nothing' | 'lib' | 'ours', number[]> = { nothing: [], lib: [], ours: [] };
  run.onProgress('imports of the fan-out and of lib-dynamodb, alternating');
  for (let round = 0; round < (run.quick ? 7 : 21); round += 1) {
    for (const [name, file] of Object.entries({ ...files, ours })) {
      took[name as keyof typeof took].push(await timeImport(file, run.stub.environment));
    }
  }
  const above = (name: 'lib' | 'ours', of: (numbers: readonly number[]) => number): number =>
    of(took[name]) - of(took.nothing);
  const least = (numbers: readonly number[]): number => Math.min(...numbers);
  const row = (title: string, name: 'lib' | 'ours'): string[] => [
    title,
    above(name, median).toFixed(1),
    above(name, least).toFixed(1),
  ];
  return {
    title: 'Import above an empty process',
    columns: ['bundle', 'median ms', 'least ms'],
    rows: [row('fan-out', 'ours'), row('lib-dynamodb alone', 'lib')],
    figures: [
      {
        name: 'Import of the fan-out against lib-dynamodb alone',
        value: above('ours', median) / above('lib', median),
        unit: 'times',
        target: 1,
        stretch: 0.5,
        better: 'less',
      },
    ],
  };
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
