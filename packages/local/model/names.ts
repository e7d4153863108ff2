import { statSync } from 'node:fs';
import { join } from 'node:path';

/** The end that the CDK gives to a logical id. */
const HASH = /(?<=.)[0-9A-F]{8}$/;

/** A logical id as a person knows it: `ChatFanOut1A2B3C4D` is `ChatFanOut`. */
export const shortLogicalId = (logicalId: string): string => logicalId.replace(HASH, '');

/** The file of a handler, without its ending: `folder/fan-out` of `folder/fan-out.handler`. */
export const handlerModule = (handler: string): string => handler.replace(/\.[^/]*$/, '');

/** In Lambda's order. */
const EXTENSIONS = ['', '.js', '.mjs', '.cjs'];

const isFile = (path: string) => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;

/** The file of a handler's module (`send-message`, `folder/file`), or undefined where there is none. */
export const findHandlerFile = (codePath: string, modulePath: string): string | undefined =>
  EXTENSIONS.map((extension) => join(codePath, `${modulePath}${extension}`)).find(isFile);
