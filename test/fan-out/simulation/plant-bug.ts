import { cp, mkdtemp, readFile, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Engine } from './simulate.ts';

/** A change at one place in the source. */
export interface Bug {
  /** Path from the root of the repository. */
  file: string;
  from: string;
  to: string;
}

const ROOT = join(import.meta.dirname, '..', '..', '..');

/**
 * Copies the engine and puts a bug into the copy.
 * @throws {Error} if the source does not contain `from` exactly once. Then update the bug.
 */
export const plantBug = async (bug: Bug): Promise<Engine> => {
  const load = await copyWithBug(bug, ['fan-out', 'schemas']);
  const { fanOutBatch } = await load('fan-out/fan-out-batch.ts');
  const { normalizeRow } = await load('schemas/connections/connection-row.ts');
  const { readBroadcast } = await load('schemas/read-broadcast.ts');
  return { fanOutBatch, normalizeRow, readBroadcast } as unknown as Engine;
};

/**
 * Copies folders and puts a bug into the copy.
 * @returns a function that imports a file of the copy.
 */
export const copyWithBug = async ({ file, from, to }: Bug, folders: readonly string[]) => {
  const copy = await mkdtemp(join(tmpdir(), 'planted-bug-'));
  for (const folder of folders) await cp(join(ROOT, folder), join(copy, folder), { recursive: true });
  await symlink(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  await writeFile(join(copy, 'package.json'), '{"type":"module"}');
  const path = join(copy, file);
  const source = await readFile(path, 'utf8');
  const places = source.split(from).length - 1;
  if (places !== 1) throw new Error(`Expected one place in ${file} that reads "${from}", found ${places}`);
  await writeFile(
    path,
    source.replace(from, () => to),
  );
  return (name: string): Promise<Record<string, unknown>> => import(pathToFileURL(join(copy, name)).href);
};
