import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { buildOptions } from '../../infra/bundling/build-options.ts';
import type { CaseReport } from '../report.ts';
import type { BenchOptions } from '../run-bench.ts';

const NONE = 'none';
const NAMES = [NONE, 'compiled', 'valibot', 'zod-mini', 'zod', 'arktype'] as const;
const LABELS: Readonly<Record<string, string>> = {
  compiled: 'compileValidator',
  valibot: 'Valibot',
  'zod-mini': 'Zod Mini',
  zod: 'Zod',
  arktype: 'ArkType',
};
const ROUNDS = 41;
const QUICK_ROUNDS = 9;

/** Measures how much each library adds to the bundle and the cold start of a route that validates one message. */
export const validationCost = async ({ quick, onProgress }: BenchOptions): Promise<CaseReport[]> => {
  const folder = await mkdtemp(join(tmpdir(), 'validation-bench-'));
  try {
    const bundles = new Map<string, { file: string; bytes: number }>();
    for (const name of NAMES) bundles.set(name, await bundleOne(name, join(folder, name)));
    const took = new Map<string, number[]>(NAMES.map((name) => [name, []]));
    onProgress('imports of a route and its first message, alternating');
    for (let round = 0; round < (quick ? QUICK_ROUNDS : ROUNDS); round += 1)
      for (const [name, { file }] of bundles) took.get(name)?.push(await timeFirstMessage(file));
    const bytes = new Map([...bundles].map(([name, bundle]): [string, number] => [name, bundle.bytes]));
    const above = (name: string, values: ReadonlyMap<string, number>): number =>
      (values.get(name) ?? 0) - (values.get(NONE) ?? 0);
    // The least CPU time, because other work on the machine only adds to it.
    const least = new Map([...took].map(([name, numbers]): [string, number] => [name, Math.min(...numbers)]));
    return [
      {
        title: 'Cost of a validation library in a route',
        columns: ['validator', 'bundle, KB', 'cold start, ms of CPU'],
        rows: NAMES.filter((name) => name !== NONE).map((name) => [
          LABELS[name] ?? name,
          (above(name, bytes) / 1_000).toFixed(1),
          above(name, least).toFixed(1),
        ]),
        figures: [],
      },
    ];
  } finally {
    await rm(folder, { recursive: true });
  }
};

/** Bundles it like a function. The size includes all chunks. The SDK's chunks are the same for each library. */
const bundleOne = async (name: string, folder: string): Promise<{ file: string; bytes: number }> => {
  const entry = fileURLToPath(new URL(`../validators/${name}.ts`, import.meta.url));
  const { metafile } = await build({ ...buildOptions(new Map([[name, entry]]), folder), write: true });
  const sizes = Object.entries(metafile.outputs).map(([path, { bytes }]) => (path.endsWith('.map') ? 0 : bytes));
  return { file: join(folder, `${name}.mjs`), bytes: sizes.reduce((sum, size) => sum + size, 0) };
};

const TIME_FIRST_MESSAGE = `
const before = process.cpuUsage();
const { judge } = await import(process.argv[1]);
if (!judge({ action: 'wave', name: 'Ada' })) throw new Error('The message was refused');
const { user, system } = process.cpuUsage(before);
console.log((user + system) / 1_000);
process.exit();
`;

const timeFirstMessage = async (file: string): Promise<number> => {
  const parameters = ['--input-type=module', '--eval', TIME_FIRST_MESSAGE, pathToFileURL(file).href];
  const { stdout } = await promisify(execFile)(process.execPath, parameters);
  return Number(stdout);
};
