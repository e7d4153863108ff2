import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { build, type Plugin } from 'esbuild';

/**
 * `npm pack` and `npm publish` run this in a package's folder. It writes `dist/`:
 * - ES modules, file by file in the tree of the sources, with declarations. Node strips no types below node_modules.
 * - `cjs/`, for applications in CommonJS: a bundle of each export, with the ES-only packages in it, and declarations.
 * - `vendor/`: one module or data file of a package, without the package's other dependencies.
 */
interface Package {
  /** Files to compile, with the files that they import. */
  sources: readonly string[];
  /** The exports that CommonJS gets too, by their path without extension. */
  commonjs: readonly string[];
  /** Folders of files that are served as they are. */
  pages?: readonly string[];
  /** Programs of the package. */
  bins: readonly string[];
  /** Files of another package that the published package imports by the package's name. */
  doors?: Readonly<Record<string, string>>;
}

const EXPORTS = ['index', 'infra', 'schemas', 'testing'].map((name) => `exports/${name}`);

const PACKAGES: Readonly<Record<string, Package>> = {
  '.': {
    sources: [
      'exports/**/*.ts',
      'handlers/*.ts',
      'commands/{middy-fanout,add,broadcast,explain,init,publish,redrive}.ts',
    ],
    commonjs: EXPORTS,
    bins: ['commands/middy-fanout.js'],
    doors: {
      '../packages/local/cli/local-command.js': 'middy-fanout-local/command',
      '../packages/load/cli.js': 'middy-fanout-load/command',
    },
  },
  'packages/local': {
    sources: [
      'packages/local/*.ts',
      'packages/local/cli/*.ts',
      'packages/local/engines/engine-thread.ts',
      'packages/local/functions/worker/function-worker.ts',
    ],
    commonjs: ['packages/local/index'],
    pages: ['packages/local/console'],
    bins: ['packages/local/cli/main.js'],
  },
  'packages/load': {
    sources: ['packages/load/*.ts', 'packages/load/generator/load-process.ts'],
    commonjs: [],
    bins: ['packages/load/main.js'],
  },
  'packages/client': {
    sources: ['packages/client/index.ts'],
    commonjs: ['packages/client/index'],
    bins: [],
  },
};

const root = resolve(import.meta.dirname, '..');
const name = relative(root, process.cwd()) || '.';
const { sources, commonjs, pages = [], bins, doors = {} } = PACKAGES[name] as Package;
const DIST = resolve('dist');

/** Node's packages that have no CommonJS form: a bundle for CommonJS holds them. */
const ES_ONLY = /^(@middy\/|chokidar$|readdirp$)/;
/** One module each. `@middy/validator` brings 25 packages that only its own compiler of schemas needs. */
const VENDORED = ['@middy/validator', '@middy/http-json-body-parser'];

const compile = (): void => {
  rmSync(DIST, { recursive: true, force: true });
  const config = join(root, 'build', `tsconfig.${name.replace(/\W+/g, '-')}.json`);
  mkdirSync(dirname(config), { recursive: true });
  const options = {
    ...{ noEmit: false, noEmitOnError: true, declaration: true, rewriteRelativeImportExtensions: true },
    ...{ rootDir: root, outDir: DIST, allowJs: false, checkJs: false },
  };
  const files = globSync(sources.map((pattern) => join(root, pattern)));
  writeFileSync(
    config,
    JSON.stringify({ extends: join(root, 'tsconfig.json'), compilerOptions: options, files, include: [] }),
  );
  const tsc = [join(root, 'node_modules/typescript/bin/tsc'), '-p', config];
  const { status } = spawnSync(process.execPath, tsc, { stdio: 'inherit' });
  if (status !== 0) throw new Error('The sources do not compile: nothing was packed');
};

/**
 * TypeScript rewrites the extensions of imports, but not in declarations, and not in the names of files that a module
 * opens.
 */
const rewriteExtensions = (file: string): void => {
  const text = readFileSync(file, 'utf8');
  const rewritten = text
    .replaceAll(/\b((?:from|import)\s*\(?\s*(['"])\.{1,2}\/[^'"]+)\.ts\2/g, '$1.js$2')
    .replaceAll(/(new URL\(\s*(['"])\.{1,2}\/[^'"]+)\.ts\2(,\s*import\.meta\.url)/g, '$1.js$2$3');
  if (rewritten !== text) writeFileSync(file, rewritten);
  // A folder is not opened but compared with paths: the local run uses it to recognize the constructs of a checkout.
  for (const [, , opened = ''] of rewritten.matchAll(/new URL\(\s*(['"])(\.{1,2}\/[^'"]+)\1,\s*import\.meta\.url/g))
    if (!opened.endsWith('/') && !existsSync(resolve(dirname(file), opened)))
      throw new Error(`${file} opens ${opened}, which is not packed`);
};

/** Imports another package by its name, and leaves out the copy that the compiler made of it. */
const openDoors = (files: readonly string[]): void => {
  for (const [door, packageName] of Object.entries(doors)) {
    for (const file of files) {
      const text = readFileSync(file, 'utf8');
      if (text.includes(`'${door}'`)) writeFileSync(file, text.replaceAll(`'${door}'`, `'${packageName}'`));
    }
  }
  if (name !== '.') return;
  rmSync(join(DIST, 'packages/load'), { recursive: true, force: true });
  for (const file of globSync(join(DIST, 'packages/local/**/*.js')))
    if (!file.endsWith('/find-local-stack.js')) rmSync(file);
};

/** Keeps the declarations that an export needs. The others import types of packages that a user need not install. */
const pruneDeclarations = (): void => {
  const kept = new Set<string>();
  const keep = (file: string): void => {
    if (kept.has(file)) return;
    kept.add(file);
    const code = readFileSync(file, 'utf8').replaceAll(/\/\*[\s\S]*?\*\//g, '');
    for (const [, , from = ''] of code.matchAll(/\b(?:from|import)\s*\(?\s*(['"])(\.[^'"]+)\.js\1/g))
      keep(resolve(dirname(file), `${from}.d.ts`));
  };
  const { exports } = JSON.parse(readFileSync('package.json', 'utf8'));
  const entries = [...JSON.stringify(exports).matchAll(/"types":"\.\/(dist\/(?!cjs\/)[^"]+)"/g)];
  for (const file of globSync(entries.map(([, path = '']) => path))) keep(resolve(file));
  for (const file of globSync(join(DIST, '**/*.d.ts'))) if (!kept.has(file)) rmSync(file);
};

/** A module opens files next to its ES module, also from a CommonJS bundle. */
const urlsOfModules: Plugin = {
  name: 'urls-of-modules',
  setup({ onLoad }) {
    onLoad({ filter: /dist\/.*\.js$/ }, ({ path }) => {
      const place = relative(join(DIST, 'cjs', dirname(commonjs[0] ?? '')), path);
      const source = readFileSync(path, 'utf8');
      if (!source.includes('import.meta.url')) return undefined;
      const imports = 'import{pathToFileURL as $toUrl}from"node:url";import{join as $join}from"node:path";';
      const url = `const $moduleUrl=$toUrl($join(__dirname,${JSON.stringify(place)})).href;`;
      return { contents: `${imports}${url}\n${source}`, loader: 'js' };
    });
  },
};

const withoutEsOnly: Plugin = {
  name: 'without-es-only',
  setup({ onResolve }) {
    onResolve({ filter: /^[^./]/ }, ({ path, kind }) =>
      kind === 'entry-point' || ES_ONLY.test(path) ? undefined : { path, external: true },
    );
  },
};

const bundleCommonjs = async (): Promise<void> => {
  const common = { bundle: true, platform: 'node', target: 'node22', logLevel: 'warning' } as const;
  for (const entry of commonjs) {
    await build({
      ...common,
      ...{ entryPoints: [join(DIST, `${entry}.js`)], outfile: join(DIST, 'cjs', `${entry}.js`), format: 'cjs' },
      define: { 'import.meta.url': '$moduleUrl' },
      // jest in CommonJS cannot import() without a flag of Node's.
      supported: { 'dynamic-import': false },
      plugins: [urlsOfModules, withoutEsOnly],
    });
  }
  if (commonjs.length === 0) return;
  writeFileSync(join(DIST, 'cjs/package.json'), '{ "type": "commonjs" }\n');
  for (const file of globSync(join(DIST, '**/*.d.ts'), { exclude: (path) => path === join(DIST, 'cjs') }))
    cpSync(file, join(DIST, 'cjs', relative(DIST, file)));
};

/** Copies one module of a package into `dist/`, so that users need not install the package. */
const vendor = async (name: string): Promise<void> => {
  const importers = globSync(join(DIST, '**/*.js')).filter((file) =>
    readFileSync(file, 'utf8').includes(`from '${name}'`),
  );
  if (importers.length === 0) return;
  const outfile = join(DIST, 'vendor', `${basename(name)}.js`);
  await build({
    ...{ entryPoints: [name], absWorkingDir: root, bundle: true, format: 'esm', platform: 'node', outfile },
    external: ['@middy/util'],
    banner: { js: `// ${name}\n${copyrightOf(name)}` },
  });
  for (const file of importers) {
    const path = relative(dirname(file), outfile);
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replaceAll(`from '${name}'`, `from '${path.startsWith('.') ? path : `./${path}`}'`));
  }
};

/** Copies a file of a package that the package's users may not have yet. */
const copyData = (name: string): void => {
  const importers = globSync(join(DIST, '**/*.js')).filter((file) => readFileSync(file, 'utf8').includes(`'${name}'`));
  for (const file of importers) {
    const copy = join(DIST, 'vendor', basename(name));
    mkdirSync(dirname(copy), { recursive: true });
    copyFileSync(join(root, 'node_modules', name), copy);
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll(`'${name}'`, `'${relative(dirname(file), copy)}'`));
  }
};

/** The lines at the top of a module. Its licence wants them in every copy, and esbuild leaves them out. */
const copyrightOf = (name: string): string => {
  const [lines] = /^(\/\/.*\n)+/.exec(readFileSync(join(root, 'node_modules', name, 'index.js'), 'utf8')) ?? [];
  if (lines === undefined) throw new Error(`${name} names no copyright: nothing was packed`);
  return lines;
};

compile();
mkdirSync(join(DIST, 'packages/command-line'), { recursive: true });
copyFileSync(join(root, 'packages/command-line/check-node.cjs'), join(DIST, 'packages/command-line/check-node.cjs'));
for (const folder of pages)
  for (const file of globSync('*.{html,css,js}', { cwd: join(root, folder) }))
    cpSync(join(root, folder, file), join(DIST, folder, file));
openDoors(globSync(join(DIST, 'commands/*.js')));
globSync(join(DIST, '**/*.{js,d.ts}')).forEach(rewriteExtensions);
pruneDeclarations();
for (const packageName of VENDORED) await vendor(packageName);
copyData('aws-cdk-lib/recommended-feature-flags.json');
await bundleCommonjs();
for (const bin of bins) chmodSync(join(DIST, bin), 0o755);
if (!existsSync('LICENSE')) copyFileSync(join(root, 'LICENSE'), 'LICENSE');
