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

/** What to connect to, as in a URL, where something listens on `host`: on all addresses it is reached by the loopback. */
export const reachable = (host: string): string => {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
};

/** Addresses here, `127.0.0.1:3001`, by host of AWS: `{apiId}.execute-api.{region}.amazonaws.com`. */
export type LocalAddresses = ReadonlyMap<string, string>;

/**
 * Replaces the URLs of API Gateway in a text by those they have here: `https://{api}…/production` is
 * `http://127.0.0.1:3001/production`. A host without a scheme stays: whoever connects to it is redirected.
 */
export const localEndpoints = (text: string, addresses: LocalAddresses): string =>
  [...addresses].reduce(
    (replaced, [host, address]) =>
      replaced.replaceAll(`https://${host}`, `http://${address}`).replaceAll(`wss://${host}`, `ws://${address}`),
    text,
  );
