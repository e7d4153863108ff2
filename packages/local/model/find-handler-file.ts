import { statSync } from 'node:fs';
import { join } from 'node:path';

/** In Lambda's order. */
const EXTENSIONS = ['', '.js', '.mjs', '.cjs'];

const isFile = (path: string) => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;

/** The file of a handler's module (`send-message`, `folder/file`), or undefined where there is none. */
export const findHandlerFile = (codePath: string, modulePath: string): string | undefined =>
  EXTENSIONS.map((extension) => join(codePath, `${modulePath}${extension}`)).find(isFile);
