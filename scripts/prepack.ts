import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/**
 * `npm pack` and `npm publish` run this script. It creates the package in `dist/`, with the same tree as the sources,
 * in JavaScript with declarations, because Node strips no types below node_modules. It does not compile the validators:
 * `bundle` does that, in the package and in the sources.
 */
const DIST = 'dist';

const compile = (): void => {
  rmSync(DIST, { recursive: true, force: true });
  const tsc = ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.pack.json'];
  const { status } = spawnSync(process.execPath, tsc, { stdio: 'inherit' });
  if (status !== 0) throw new Error('The sources do not compile, so no package was created. Fix the errors above');
};

/** Rewrites extensions in imports of declarations and in files that a module opens: TypeScript leaves them. */
const rewriteExtensions = (file: string): void => {
  const text = readFileSync(file, 'utf8');
  const rewritten = text
    .replaceAll(/\b((?:from|import)\s*\(?\s*(['"])\.{1,2}\/[^'"]+)\.ts\2/g, '$1.js$2')
    .replaceAll(/(new URL\(\s*(['"])\.{1,2}\/[^'"]+)\.ts\2(,\s*import\.meta\.url)/g, '$1.js$2$3');
  if (rewritten !== text) writeFileSync(file, rewritten);
  for (const [, , opened = ''] of rewritten.matchAll(/new URL\(\s*(['"])(\.{1,2}\/[^'"]+)\1,\s*import\.meta\.url/g))
    if (!existsSync(resolve(dirname(file), opened))) throw new Error(`${file} opens ${opened}, which is not packed`);
};

compile();
copyFileSync('commands/check-node.cjs', join(DIST, 'commands/check-node.cjs'));
for (const file of readdirSync(DIST, { recursive: true, encoding: 'utf8' }))
  if (file.endsWith('.js') || file.endsWith('.d.ts')) rewriteExtensions(join(DIST, file));
chmodSync(join(DIST, 'commands/middy-fanout.js'), 0o755);
