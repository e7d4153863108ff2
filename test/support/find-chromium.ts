import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/**
 * The browser that the page is looked at in: `CHROMIUM`, or the first Chromium or Chrome in PATH.
 * @throws {Error} naming what to install: a page that no browser has shown is not tested.
 */
export const findChromium = (environment: NodeJS.ProcessEnv = process.env): string => {
  const folders = (environment.PATH ?? '').split(delimiter);
  const candidates = [environment.CHROMIUM, ...NAMES.flatMap((name) => folders.map((folder) => join(folder, name)))];
  const found = candidates.find((file) => file && isExecutable(file));
  if (found) return found;
  throw new Error(
    'No Chromium found: install the package chromium (Debian), or set CHROMIUM to the path of a Chromium or Chrome.',
  );
};

const isExecutable = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};
