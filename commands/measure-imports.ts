// How long each handler's bundle takes to import, against what handlers are usually made of: `npm run measure:imports`.
// Exits with 1 where one takes more than half of that.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { build } from 'esbuild';
import { bundle } from '../infra/bundle.ts';

const { values } = parseArgs({ options: { runs: { type: 'string', default: '21' } } });
const runs = Number(values.runs);
if (!Number.isInteger(runs) || runs < 1) {
  console.error(`Expected --runs to be a whole number above 0, got ${values.runs}`);
  process.exit(1);
}

/** Of what is usual. */
const MAX_RATIO = 0.5;

const project = fileURLToPath(new URL('../', import.meta.url));
process.chdir(project);

/** What a function has in its environment, so that it starts as it does on Lambda. */
const environment = {
  ...process.env,
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
  AWS_LAMBDA_FUNCTION_NAME: 'measured',
  AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI: 'http://127.0.0.1:1/production',
  CONNECTIONS_TABLE: 'connections',
  BROADCAST_QUEUE_URL: 'http://127.0.0.1:1/000000000000/broadcasts',
  DEAD_LETTER_QUEUE_URL: 'http://127.0.0.1:1/000000000000/dead-letters',
  POSTS_PER_SECOND: '4000',
};

const LIB_DYNAMODB = `
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
const documents = DynamoDBDocumentClient.from(new DynamoDBClient());
export const put = (Item) => documents.send(new PutCommand({ TableName: 'connections', Item }));
`;
const MIDDY_AND_AJV = `
import middy from '@middy/core';
import httpJsonBodyParser from '@middy/http-json-body-parser';
import validator from '@middy/validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { sendMessageSchema } from './schemas/send-message.ts';
const body = new Ajv2020({ allErrors: true }).compile(sendMessageSchema);
export const handler = middy(async (event) => put(event))
  .use(httpJsonBodyParser({ disableContentTypeCheck: true }))
  .use(validator({ eventSchema: (event) => body(event.body) }));
`;
/** Bundled with esbuild's defaults for Node. */
const USUAL = {
  'lib-dynamodb': LIB_DYNAMODB,
  'lib-dynamodb + Middy + Ajv at run time': `${LIB_DYNAMODB}${MIDDY_AND_AJV}`,
};

const bundleUsual = async (folder: string): Promise<Map<string, string>> => {
  const files = new Map<string, string>();
  for (const [name, contents] of Object.entries(USUAL)) {
    const outfile = join(folder, `${files.size}.cjs`);
    await build({
      stdin: { contents, resolveDir: project },
      bundle: true,
      platform: 'node',
      outfile,
      logLevel: 'error',
    });
    files.set(name, outfile);
  }
  return files;
};

const TIME_IMPORT = `
const startedAt = performance.now();
await import(process.argv[1]);
console.log(performance.now() - startedAt);
process.exit();
`;
const timeImport = async (file: string): Promise<number> => {
  const parameters = ['--input-type=module', '--eval', TIME_IMPORT, pathToFileURL(file).href];
  const { stdout } = await promisify(execFile)(process.execPath, parameters, { env: environment });
  return Number(stdout);
};

const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN;

const least = (numbers: readonly number[]): number => Math.min(...numbers);

await mkdir('build', { recursive: true });
const folder = await mkdtemp(join('build', 'measure-imports-'));
try {
  const handlers = await bundle('handlers/*.ts');
  const files = new Map([['nothing', join(folder, 'nothing.mjs')], ...(await bundleUsual(folder))]);
  await writeFile(join(folder, 'nothing.mjs'), '');
  for (const name of handlers.names) files.set(`${name}.handler`, join(handlers.folder, `${name}.mjs`));

  const times = new Map([...files.keys()].map((name): [string, number[]] => [name, []]));
  for (let run = 0; run < runs; run++) {
    for (const [name, file] of files) times.get(name)?.push(await timeImport(file));
  }

  const above = (of: typeof median, name: string): number => of(times.get(name) ?? []) - of(times.get('nothing') ?? []);
  const [lib = '', usual = ''] = Object.keys(USUAL);
  console.log(`Import above an empty process, ${runs} fresh processes each, alternating, Node ${process.version}\n`);
  console.log(`${''.padEnd(40)}median ms   least ms   of usual     of lib`);
  for (const name of [...files.keys()].slice(1)) {
    const ms = [median, least].map((of) => above(of, name).toFixed(1));
    const ratios = [usual, lib].map((to) => (above(median, name) / above(median, to)).toFixed(2));
    console.log(`${name.padEnd(40)}${[...ms, ...ratios].map((cell) => cell.padStart(9)).join('  ')}`);
  }
  console.log(`\nusual: ${usual}; lib: ${lib}. Both bundled with esbuild's defaults. Ratios are of medians.`);
  // Judged by the least: what else the machine does only ever adds.
  const slow = handlers.names.filter((name) => above(least, `${name}.handler`) > MAX_RATIO * above(least, usual));
  if (slow.length > 0) {
    console.error(`More than ${MAX_RATIO} of what is usual: ${slow.join(', ')}`);
    process.exitCode = 1;
  }
} finally {
  await rm(folder, { recursive: true });
}
