import { spawn } from 'node:child_process';
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  type Stats,
  statSync,
} from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UsageError } from '../../command-line/command.ts';

export interface SynthesizeOptions {
  /** The shell runs this command in the working folder: `node infra/app.ts`, `npx cdk synth`. */
  command: string;
  /** Folder for the cloud assembly. The application itself writes to it. The CDK's CLI writes to its own folder. */
  outFolder: string;
  /** Context values, added to the values of `cdk.json` and `cdk.context.json`. */
  context?: Readonly<Record<string, unknown>>;
  /** Kills the command. */
  signal?: AbortSignal;
}

const SUCCESS = 'exit code 0';
const THIS_NODE = `"${process.execPath}"`;

/** The command failed. The message has the text that it printed, such as a compile error with its file and line. */
export class SynthesisFailed extends Error {
  override readonly name = 'SynthesisFailed';
  constructor(command: string, ending: string, output: string) {
    const noOutput =
      ending === SUCCESS
        ? 'Use the command that synthesizes the application, such as "npx cdk synth", or a folder with an assembly'
        : 'It printed nothing';
    const printed = shortenErrors(output.replace(NODE_FRAMES, '')).trim() || noOutput;
    super(`"${command.replace(THIS_NODE, 'node')}" ended with ${ending} and wrote no cloud assembly:\n${printed}`);
  }
}

/** The lines that Node adds to an error that ends a program: its own frames and its version. */
const NODE_FRAMES =
  /^(?:node:internal\/.*\n\s+triggerUncaughtException\(\n\s+\^|\s+at .*node:internal.*(?:\n {2}code: '.*'\n\})?|Node\.js v.*)\n?/gm;

/** An error as Node prints it: the excerpt of the source, the kind, the message and the frames. */
const PRINTED_ERROR = /(?:^\S+:\d+\n.*\n *\^+\n\n)?^(«\w+» |Error: )([\s\S]*?)\n((?: {4}(?:at |\.\.\.).*(?:\n|$))+)/m;

/**
 * Replaces an error of the CDK or of this framework with its message and the line of the application that caused it.
 * The frames of these errors are in libraries. Every other error keeps its frames.
 */
const shortenErrors = (output: string): string =>
  output.replace(PRINTED_ERROR, (printed: string, kind: string, message: string, frames: string) => {
    const places = frames.split('\n').flatMap(readPlace);
    const isOfLibrary = kind !== 'Error: ' || places[0]?.isLibrary === true;
    if (!isOfLibrary || frames.trimEnd().endsWith('{')) return printed; // `{` begins a cause or other fields
    const place = places.find(({ isLibrary }) => !isLibrary);
    return `${place ? `${place.text}: ` : ''}${message}\n`;
  });

const LIBRARIES = /\/node_modules\/(?:aws-cdk-lib|constructs|middy-fanout)\//;
/** The framework's constructs and its bundler, in a checkout of this repository. */
const INFRA = ['constructs/', 'bundling/', 'bundle.ts'].map((path) =>
  join(import.meta.dirname, '../../../infra', path),
);

/** Reads `at make (file:///app.ts:5:20)`, `at /app.ts:5:20`, or the CDK's `at file:///app.ts:5 (:)`. */
const readPlace = (frame: string): { text: string; isLibrary: boolean }[] => {
  const [, path, position] = /((?:file:\/\/)?\/[^()]+?):(\d+(?::\d+)?)(?:\)| \(:\))?$/.exec(frame) ?? [];
  if (path === undefined) return [];
  const file = path.startsWith('file:') ? fileURLToPath(path) : path;
  const isLibrary = LIBRARIES.test(file) || INFRA.some((path) => file.startsWith(path));
  return [{ text: `${relative('', file)}:${position}`, isLibrary }];
};

/**
 * Runs the command that makes a cloud assembly, as the CDK's CLI runs an application: with its context, and without the
 * variables of the npm that started this process. Rules that validate the template do not run: they take longer than
 * the rest of the synthesis, and `cdk deploy` runs them.
 * @returns The folder of the assembly: `outFolder`, the folder that `-o` or `cdk.json` names, or another folder of the
 * working folder.
 * @throws {SynthesisFailed} if the command fails or writes no assembly.
 * @throws {UsageError} if `cdk.json` is invalid or the folder cannot be written.
 */
export const synthesize = async ({ command, outFolder, context = {}, signal }: SynthesizeOptions): Promise<string> => {
  const { context: projectContext } = readProjectFile('cdk.json');
  const expected = [outFolder, ...outputFoldersOf(command)];
  const before = new Map(assembliesAmong(expected));
  checkFolder(outFolder);
  const { ending, output } = await run(
    interpreted(command),
    {
      CDK_OUTDIR: resolve(outFolder),
      CDK_CONTEXT_JSON: JSON.stringify({ ...readProjectFile('cdk.context.json'), ...projectContext, ...context }),
      CDK_VALIDATION: 'false',
      CDK_DISABLE_STACK_TRACE: '1',
      MIDDY_FANOUT_LOCAL: '1',
    },
    signal,
  );
  const made = assembliesAmong(expected).find(([folder, writtenAtMs]) => before.get(folder) !== writtenAtMs);
  if (ending !== SUCCESS || made === undefined) throw new SynthesisFailed(command, ending, output);
  return made[0];
};

/** The folders that the CDK's CLI may write to: the one in `cdk synth -o dist.out`, and the one in `cdk.json`. */
export const outputFoldersOf = (command: string): string[] => {
  const { output = 'cdk.out' } = readProjectFile('cdk.json');
  const given = [...command.matchAll(/(?:^|\s)(?:-o|--output)(?:=|\s+)(?:"([^"]+)"|'([^']+)'|(\S+))/g)].map(
    ([, ...folders]) => folders.find((folder) => folder !== undefined) as string,
  );
  return [...given, output];
};

/**
 * Cloud assemblies by folder, with the time that each was written, in epoch milliseconds. An npm script may write to a
 * folder that its command does not name, so the folders in the working folder are looked at too.
 */
const assembliesAmong = (expected: readonly string[]): [folder: string, writtenAtMs: number][] => {
  const others = readdirSync('.').filter((folder) => {
    const manifest = join(folder, 'manifest.json');
    // A website has a manifest.json too.
    return fileAt(manifest) !== undefined && readFileSync(manifest, 'utf8').includes('"artifacts"');
  });
  return [...expected, ...others].flatMap((folder) => {
    const written = fileAt(join(folder, 'manifest.json'));
    return written === undefined ? [] : [[folder, written.mtimeMs]];
  });
};

const fileAt = (path: string): Stats | undefined => {
  try {
    return statSync(path);
  } catch {
    return undefined; // also if a part of the path is a file
  }
};

/** Like the CDK's CLI, runs a script that is not executable with Node: `bin/app.js`. */
const interpreted = (command: string): string => {
  const [script = ''] = command.trim().split(' ');
  const file = /\.[cm]?js$/.test(script) ? fileAt(script) : undefined;
  return file === undefined || (file.mode & constants.X_OK) !== 0 ? command : `${THIS_NODE} ${command}`;
};

interface ProjectFile extends Record<string, unknown> {
  context?: Record<string, unknown>;
  output?: string;
  watch?: { include?: string | string[]; exclude?: string | string[] };
}

/** @throws {UsageError} if the file is not JSON. */
export const readProjectFile = (name: string): ProjectFile => {
  try {
    return existsSync(name) ? JSON.parse(readFileSync(name, 'utf8')) : {};
  } catch (error) {
    throw new UsageError(`${name} cannot be read: ${(error as Error).message}`);
  }
};

/** Checked before the command runs: an application that cannot write fails late and with an unclear message. */
const checkFolder = (folder: string): void => {
  try {
    const made = mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
    if (made !== undefined) rmdirSync(folder); // the CDK's CLI does not use it
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageError(
      `${folder} cannot be written (${code}). Run this in a folder that you can write to: ${process.cwd()} is not one`,
    );
  }
};

/**
 * Kills the process group of the command when this process's end of the pipe closes, which happens even if this process
 * is killed. It uses only commands built into the shell, so it works without PATH. Windows does not have process
 * groups.
 */
const WATCH = process.platform === 'win32' ? '' : '(read -r end <&3; kill -9 0) >/dev/null 2>&1 & ';

/**
 * Without the variables that npm, pnpm and yarn set for their scripts: with `npm_config_package`, `npx cdk` would look
 * for `cdk` in the package that `npm exec --package` names.
 */
const withoutNpm = (environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith('npm_') && name !== 'INIT_CWD'));

const run = (
  command: string,
  environment: Record<string, string>,
  signal: AbortSignal | undefined,
): Promise<{ ending: string; output: string }> =>
  new Promise((done, reject) => {
    const child = spawn(`${WATCH}${command}`, {
      shell: true,
      env: { ...withoutNpm(process.env), ...environment },
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
      detached: process.platform !== 'win32',
    });
    const [, , , watch] = child.stdio;
    const end = (): void => {
      watch?.destroy();
    };
    signal?.addEventListener('abort', end);
    const chunks: Buffer[] = [];
    // "cdk synth" prints the template to stdout. It is not part of an error message.
    child.stdout?.resume();
    child.stderr?.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.once('error', reject);
    child.once('exit', end);
    child.once('close', (exitCode, endedBy) => {
      signal?.removeEventListener('abort', end);
      done({ ending: endedBy ?? `exit code ${exitCode}`, output: Buffer.concat(chunks).toString() });
    });
  });
