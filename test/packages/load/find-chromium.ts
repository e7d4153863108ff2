import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/**
 * Returns the browser of the tests: `CHROMIUM`, or the first Chromium or Chrome in PATH.
 * @throws {Error} if there is neither. The tests fail then, because the page must be tested in a browser.
 */
export const findChromium = (environment: NodeJS.ProcessEnv = process.env): string => {
  const folders = (environment.PATH ?? '').split(delimiter);
  const candidates = [environment.CHROMIUM, ...NAMES.flatMap((name) => folders.map((folder) => join(folder, name)))];
  const browser = candidates.find((file) => file && isExecutable(file));
  if (browser) return browser;
  throw new Error(
    'No Chromium found. Install the package chromium (Debian), or set CHROMIUM to the path of a Chromium or Chrome.',
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
