import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { UsageError } from '../../packages/command-line/command.ts';

/** The properties of a project that a new file must fit. */
export interface Project {
  /** An absolute path. */
  folder: string;
  name: string;
  /** There is no CDK application yet. */
  isNew: boolean;
  /** The file that makes the stacks: `bin/my-app.ts`. Absent if `cdk.json` does not name it. */
  entry?: string;
  isEsm: boolean;
  /** The ending of a source file in an import. */
  extension: '' | '.js' | '.ts';
  runner: 'jest' | 'vitest' | 'node';
  /** The tests import `test` and `expect` from `@jest/globals`. */
  importsJest: boolean;
  testFolder: string;
  packageManager: 'npm' | 'pnpm' | 'yarn';
  /** Names of the packages in package.json. */
  dependencies: readonly string[];
  scripts: Readonly<Record<string, string>>;
}

interface Manifest {
  name?: string;
  type?: string;
  scripts?: Record<string, string>;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
}

/** The first version that has WebSocket APIs. The package.json of middy-fanout has the same one. */
const OLDEST_CDK = '2.112.0';
/** Older versions do not understand the type declarations of middy-fanout. */
const OLDEST_TYPESCRIPT = '5.4.0';
/** A folder without an application has at most these files. They come from npm, an editor or a hosting site. */
const NO_APPLICATION =
  /^(\..*|node_modules|package(-lock)?\.json|pnpm-(lock|workspace)\.yaml|yarn\.lock|(README|LICENSE)(\..*)?|.*\.tgz)$/i;

/**
 * Reads the project in a folder.
 * @throws {UsageError} If middy-fanout cannot work in it. One sentence says what was found, what is needed, and which
 * command helps.
 */
export const readProject = (folder: string): Project => {
  const isNew = !existsSync(join(folder, 'cdk.json'));
  const strangers = isNew ? readdirSync(folder).filter((name) => !NO_APPLICATION.test(name)) : [];
  if (strangers.length > 0)
    throw new UsageError(
      `This folder has no cdk.json, but other files (${strangers.slice(0, 3).join(', ')}): go to the folder of your CDK application, or to an empty one`,
    );
  const hasManifest = existsSync(join(folder, 'package.json'));
  if (!isNew && !hasManifest)
    throw new UsageError(
      'This folder has a cdk.json and no package.json: run "npm init -y", then "npm install aws-cdk-lib constructs"',
    );
  const manifest: Manifest = hasManifest ? readJson(join(folder, 'package.json')) : {};
  const dependencies = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies });
  if (!isNew) checkCdk(folder, dependencies);
  checkVersion(folder, 'typescript', OLDEST_TYPESCRIPT, 'npm install --save-dev typescript@5');
  const command = isNew ? '' : appCommand(folder);
  const entry = entryOf(folder, command);
  const isEsm = isNew ? manifest.type !== 'commonjs' : manifest.type === 'module';
  return {
    folder,
    name: manifest.name ?? basename(folder),
    isNew,
    ...(entry !== undefined && { entry }),
    isEsm,
    extension: extensionOf(isEsm, isNew || /\bnode [^&|]*\.ts$/.test(command), compilerOptions(folder)),
    runner: runnerOf(dependencies),
    importsJest: dependencies.includes('@jest/globals'),
    testFolder: ['test', 'tests', '__tests__'].find((name) => existsSync(join(folder, name))) ?? 'test',
    packageManager: packageManagerOf(folder),
    dependencies,
    scripts: manifest.scripts ?? {},
  };
};

const readJson = <Content>(file: string): Content => {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new UsageError(`${basename(file)} cannot be read: ${(error as Error).message}`);
  }
};

const checkCdk = (folder: string, dependencies: readonly string[]): void => {
  if (!dependencies.includes('aws-cdk-lib')) {
    const old = dependencies.find((name) => name === '@aws-cdk/core');
    throw new UsageError(
      old
        ? `package.json has ${old}, which is CDK 1, and middy-fanout needs CDK 2: see the guide "Migrating to AWS CDK v2"`
        : 'package.json does not have aws-cdk-lib, which middy-fanout needs: npm install aws-cdk-lib constructs',
    );
  }
  checkVersion(folder, 'aws-cdk-lib', OLDEST_CDK, 'npm install aws-cdk-lib@2 constructs@10');
};

const checkVersion = (folder: string, name: string, oldest: string, remedy: string): void => {
  const found = installedVersion(folder, name);
  if (found !== undefined && isOlder(found, oldest))
    throw new UsageError(`${name} ${found} is installed, and middy-fanout needs ${oldest} or newer: ${remedy}`);
};

/** Looks for the package as Node does: in this folder, then in the folders above it, as in a workspace. */
const installedVersion = (folder: string, name: string): string | undefined => {
  const file = join(folder, 'node_modules', name, 'package.json');
  if (existsSync(file)) return readJson<{ version: string }>(file).version;
  return dirname(folder) === folder ? undefined : installedVersion(dirname(folder), name);
};

const isOlder = (version: string, than: string): boolean => {
  const [[major = 0, minor = 0] = [], [leastMajor = 0, leastMinor = 0] = []] = [version, than].map((text) =>
    text.split('.').map(Number),
  );
  return major < leastMajor || (major === leastMajor && minor < leastMinor);
};

const appCommand = (folder: string): string => {
  const { app = '' } = readJson<{ app?: string }>(join(folder, 'cdk.json'));
  if (/\b(python3?|mvn|gradlew?|dotnet|go run)\b/.test(app))
    throw new UsageError(
      `cdk.json runs "${app}", and middy-fanout works with CDK applications in TypeScript: make one in an empty folder`,
    );
  return app;
};

/** The source file that `cdk.json` runs, even if `cdk.json` names its compiled file. */
const entryOf = (folder: string, command: string): string | undefined => {
  const [named] = [...command.matchAll(/[^\s"']+\.[cm]?[jt]s\b/g)].map(([file]) => file).reverse();
  if (named === undefined) return undefined;
  const sources = [named.replace(/js$/, 'ts'), named].map((file) => file.replace(/^\.\//, ''));
  return sources.find((file) => /ts$/.test(file) && existsSync(join(folder, file)));
};

interface CompilerOptions {
  module?: string;
  moduleResolution?: string;
  allowImportingTsExtensions?: boolean;
  rewriteRelativeImportExtensions?: boolean;
}

/** The options as the project's own compiler reads them, or `{}` if there is no configuration. @throws {UsageError} */
const compilerOptions = (folder: string): CompilerOptions => {
  if (!existsSync(join(folder, 'tsconfig.json'))) return {};
  const tsc = ['bin/tsc', 'lib/tsc.js']
    .map((file) => resolve(folder, 'node_modules/typescript', file))
    .find(existsSync);
  if (tsc === undefined) return {};
  const { stdout } = spawnSync(process.execPath, [tsc, '--showConfig', '-p', folder], { encoding: 'utf8' });
  const options: CompilerOptions = stdout.startsWith('{') ? (JSON.parse(stdout).compilerOptions ?? {}) : {};
  const { module = '', moduleResolution = '' } = options;
  const old = /^(amd|umd|system|none)$/i.test(module) && `"module": "${module}"`;
  const classic = /^classic$/i.test(moduleResolution) && `"moduleResolution": "${moduleResolution}"`;
  if (old || classic)
    throw new UsageError(
      `tsconfig.json has ${old || classic}, and middy-fanout needs CommonJS or ES modules: write "module": "nodenext"`,
    );
  return options;
};

/** CommonJS needs no extension. In ES modules, Node takes `.ts`, and a compiler takes the `.js` that it will write. */
const extensionOf = (isEsm: boolean, isRunByNode: boolean, options: CompilerOptions): Project['extension'] => {
  if (!isEsm) return '';
  const { allowImportingTsExtensions, rewriteRelativeImportExtensions } = options;
  return isRunByNode || allowImportingTsExtensions || rewriteRelativeImportExtensions ? '.ts' : '.js';
};

const runnerOf = (dependencies: readonly string[]): Project['runner'] => {
  if (dependencies.includes('vitest')) return 'vitest';
  return dependencies.includes('jest') ? 'jest' : 'node';
};

const packageManagerOf = (folder: string): Project['packageManager'] => {
  if (existsSync(join(folder, 'pnpm-lock.yaml'))) return 'pnpm';
  return existsSync(join(folder, 'yarn.lock')) ? 'yarn' : 'npm';
};
