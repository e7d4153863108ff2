import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from '@jest/globals';
import { build } from 'esbuild';
import { buildOptions } from '../../../infra/bundling/build-options.ts';

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

/** Bundles the source, runs it in its own process, and returns the JSON that it prints. */
const run = async (contents: string): Promise<unknown> => {
  const folder = await mkdtemp(join(tmpdir(), 'require-http-'));
  folders.push(folder);
  const { entryPoints: _, splitting: __, outdir: ___, ...options } = buildOptions(new Map(), folder);
  const outfile = join(folder, 'main.mjs');
  await build({ ...options, stdin: { contents, resolveDir: folder }, outfile, write: true });
  const { stdout } = await promisify(execFile)(process.execPath, [outfile]);
  return JSON.parse(stdout);
};

const LOADS_UNDICI = `process.moduleLoadList.some((name) => name.endsWith('undici/undici'))`;

describe('requireHttp', () => {
  it('supports named, default, namespace and dynamic imports of node:http and node:https', async () => {
    const source = `
      import { STATUS_CODES } from 'node:http';
      import https from 'https';
      import * as all from 'http';
      const later = await import('node:http');
      console.log(JSON.stringify([STATUS_CODES[404], typeof https.Agent, typeof all.request, typeof later.default.Agent]));`;
    expect(await run(source)).toEqual(['Not Found', 'function', 'function', 'function']);
  });

  it("does not load Node's undici with node:http", async () => {
    const source = `import { STATUS_CODES } from 'node:http'; console.log(STATUS_CODES[200] && ${LOADS_UNDICI});`;
    expect(await run(source)).toBe(false);
  });

  it('is needed, because an import of the built-in module loads undici', async () => {
    const source = `import { STATUS_CODES } from 'node:http'; console.log(STATUS_CODES[200] && ${LOADS_UNDICI});`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', source]);
    expect(JSON.parse(stdout)).toBe(true);
  });
});
