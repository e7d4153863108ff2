import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { aFolder } from './a-folder.ts';

/** A folder with these files, as an application. It is deleted after the tests of the file. */
export const anApplication = async (files: Readonly<Record<string, string>>): Promise<string> => {
  const folder = aFolder();
  for (const [name, text] of Object.entries({ 'package.json': '{"type":"module"}', ...files })) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  return folder;
};
