import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';
import { hasClient3 } from './names.ts';

/** The folder that Lambda unpacks a function's code to. */
export const TASK_ROOT = '/var/task/';
/** In the order of Lambda's client. */
const EXTENSIONS = ['', '.js', '.mjs', '.cjs'];

/** The parts of a handler's name, as Lambda's client splits it: `folder/chat.routes.connect`. */
export interface HandlerParts {
  /** `folder/`, or an absolute path on Lambda's disk. May be empty. */
  folder: string;
  module: string;
  exportName: string;
}

/** The parts of a handler's name; undefined if its last part has no dot. */
export const handlerParts = (handler: string): HandlerParts | undefined => {
  const last = posix.basename(handler);
  const [, module, exportName] = /^([^.]*)\.(.*)$/.exec(last) ?? [];
  if (module === undefined || exportName === undefined) return undefined;
  const folder = handler.slice(0, handler.indexOf(last));
  return { folder: folder.startsWith(TASK_ROOT) ? folder.slice(TASK_ROOT.length) : folder, module, exportName };
};

/**
 * The files and folders that Lambda's client would load for a handler, in its order. Paths are relative to the code.
 */
export const handlerFiles = (codePath: string, { folder, module }: HandlerParts): string[] =>
  // An absolute path is on the developer's disk, not in the function's code.
  folder.startsWith('/')
    ? []
    : EXTENSIONS.map((extension) => `${folder}${module}${extension}`).filter((file) =>
        existsSync(join(codePath, file)),
      );

/** Whether Lambda's client requires this file of a handler. If not, it imports it. */
export const isRequired = (codePath: string, file: string, runtime: string): boolean =>
  hasClient3(runtime) &&
  !file.endsWith('.mjs') &&
  !(file.endsWith('.js') && nearestType(codePath, posix.dirname(file)) === 'module');

/** `type` of the nearest package.json. On Lambda there is no package.json above the code. */
const nearestType = (codePath: string, folder: string): unknown => {
  const file = join(codePath, folder, 'package.json');
  if (!existsSync(file)) return folder === '.' ? undefined : nearestType(codePath, posix.dirname(folder));
  try {
    return JSON.parse(readFileSync(file, 'utf8')).type;
  } catch {
    return undefined; // as Lambda's client does
  }
};

export interface HandlerProblem {
  why: string;
  remedy: string;
}

/** Why Lambda does not load a handler from this code, and the remedy. `undefined` if the handler may load. */
export const handlerProblem = (codePath: string, handler: string, runtime: string): HandlerProblem | undefined => {
  const parts = handlerParts(handler);
  if (!parts?.module || handler.includes('..')) {
    return { why: `its handler ${handler} is not a valid name`, remedy: 'Call it FILE.EXPORT or FOLDER/FILE.EXPORT' };
  }
  if (parts.folder.startsWith('/')) {
    const why = `its handler ${handler} is outside of its code, which Lambda puts in ${TASK_ROOT}`;
    return { why, remedy: `Call it ${handler.replace(/^\/+/, '')}` };
  }
  const module = `${parts.folder}${parts.module}`;
  const [file, ...others] = handlerFiles(codePath, parts);
  if (file === undefined) {
    if (existsSync(join(codePath, 'node_modules', parts.module))) return undefined;
    const remedy = `Bundle it there as ${module}.mjs, .js or .cjs, or correct the handler's name`;
    return { why: `its handler ${handler} is not in ${codePath}`, remedy };
  }
  const required = isRequired(codePath, file, runtime);
  if (!required && /[%?#\\]/.test(file)) {
    const why = `Lambda does not load its handler ${handler}: it imports ${file} as a URL`;
    return { why, remedy: 'Rename the file or its folder without %, ?, # and \\' };
  }
  const path = join(codePath, file);
  if (!statSync(path).isDirectory() || (required && canBeRequired(path))) return undefined;
  const beside = others.length > 0 ? `, not ${others[0]}` : '';
  const why = `Lambda does not load its handler ${handler}: it takes the folder ${file}/${beside}`;
  return { why, remedy: 'Rename the folder, or the file and the handler' };
};

/** Whether `require` finds a file for a folder's path. It looks beside the folder, then in the folder. */
const canBeRequired = (folder: string): boolean =>
  ['.js', '/package.json', '/index.js'].some((end) => existsSync(`${folder}${end}`));
