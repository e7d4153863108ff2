import { join, relative, resolve, sep } from 'node:path';

const PATTERN = /[*?[\]{}!]/;

/**
 * Where a bundle is written: `handlers/*.ts` goes to `build/handlers`, `examples/polly/handlers/*.ts` to
 * `build/examples/polly/handlers`. Below the working folder, and a folder of its own for each first glob.
 */
export const outputFolder = (glob: string, cwd: string = process.cwd()): string => {
  const parts = resolve(cwd, glob).split(sep);
  const pattern = parts.findIndex((part) => PATTERN.test(part));
  const source = parts.slice(0, pattern < 0 ? -1 : pattern).join(sep);
  const below = relative(cwd, source)
    .split(sep)
    .filter((part) => part && part !== '..');
  return join(cwd, 'build', ...(below.length ? below : ['handlers']));
};
