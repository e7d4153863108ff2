import { cp, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { fanOutBatch } from '../../../fan-out/fan-out-batch.ts';

/** A change of one place in the source. */
export interface Bug {
  file: string;
  from: string;
  to: string;
}

const ROOT = join(import.meta.dirname, '..', '..', '..');

/**
 * The engine with a bug in it, made in a copy.
 * @throws {Error} where the place is not there, or is there more than once: the bug has to be planted anew.
 */
export const plantBug = async ({ file, from, to }: Bug): Promise<typeof fanOutBatch> => {
  const copy = await mkdtemp(join(tmpdir(), 'planted-bug-'));
  for (const folder of ['fan-out', 'schemas']) await cp(join(ROOT, folder), join(copy, folder), { recursive: true });
  await writeFile(join(copy, 'package.json'), '{"type":"module"}');
  const path = join(copy, 'fan-out', file);
  const source = await readFile(path, 'utf8');
  const places = source.split(from).length - 1;
  if (places !== 1) throw new Error(`Expected one place in ${file} that reads "${from}", found ${places}`);
  await writeFile(
    path,
    source.replace(from, () => to),
  );
  const engine = await import(pathToFileURL(join(copy, 'fan-out', 'fan-out-batch.ts')).href);
  return engine.fanOutBatch;
};
