import { spawn } from 'node:child_process';
import { accessSync, constants, existsSync, mkdirSync, readFileSync, rmdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { UsageError } from '../../command-line/command.ts';

export interface SynthesizeOptions {
  /** `node infra/app.ts`, `npx cdk synth`. Run by the shell in the working folder. */
  command: string;
  /** Where the cloud assembly goes if the command is the application itself. The CDK's CLI writes to its own `cdk.out`. */
  outFolder: string;
  /** Context values beside those of `cdk.json`. */
  context?: Readonly<Record<string, unknown>>;
  /** Ends the command. */
  signal?: AbortSignal;
}

const SUCCESS = 'exit code 0';

/** How the command failed, with what it printed: a compile error is in there, with file and line. */
export class SynthesisFailed extends Error {
  override readonly name = 'SynthesisFailed';
  constructor(command: string, ending: string, output: string) {
    const nothing = ending === SUCCESS ? 'Give what synthesizes it, such as "npx cdk synth"' : 'It said nothing';
    const said = output.replace(OF_NODE, '').trim() || nothing;
    super(`"${command}" ended with ${ending} and made no cloud assembly:\n${said}`);
  }
}

/** What Node prints around an error that ends a program: where in Node it was, and which Node. */
const OF_NODE =
  /^(?:node:internal\/.*\n\s+triggerUncaughtException\(\n\s+\^|\s+at .*node:internal.*(?:\n {2}code: '.*'\n\})?|Node\.js v.*)\n?/gm;

/**
 * Runs the command that makes a cloud assembly. Rules that look over the template are left to the deploy: they take
 * longer than all the rest.
 * @returns the assembly's folder.
 * @throws {SynthesisFailed}
 */
export const synthesize = async ({ command, outFolder, context = {}, signal }: SynthesizeOptions): Promise<string> => {
  const { context: projectContext, output: cliFolder = 'cdk.out' } = readCdkJson();
  const before = [outFolder, cliFolder].map((folder) => ({ folder, writtenAtMs: writtenAt(folder) }));
  checkFolder(outFolder);
  const { ending, output } = await run(
    command,
    {
      CDK_OUTDIR: resolve(outFolder),
      CDK_CONTEXT_JSON: JSON.stringify({ ...projectContext, ...context }),
      CDK_VALIDATION: 'false',
      CDK_DISABLE_STACK_TRACE: '1',
    },
    signal,
  );
  const made = before.find(({ folder, writtenAtMs }) => writtenAt(folder) !== writtenAtMs);
  if (ending !== SUCCESS || made === undefined) throw new SynthesisFailed(command, ending, output);
  return made.folder;
};

/** When an assembly was written, in epoch milliseconds; `undefined` where there is none. */
const writtenAt = (folder: string): number | undefined =>
  statSync(join(folder, 'manifest.json'), { throwIfNoEntry: false })?.mtimeMs;

const readCdkJson = (): { context?: Record<string, unknown>; output?: string } => {
  try {
    return existsSync('cdk.json') ? JSON.parse(readFileSync('cdk.json', 'utf8')) : {};
  } catch (error) {
    throw new UsageError(`cdk.json cannot be read: ${(error as Error).message}`);
  }
};

/** Applications fail in words of their own, and late, if they cannot write. */
const checkFolder = (folder: string): void => {
  try {
    const made = mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
    if (made !== undefined) rmdirSync(folder); // the CDK's CLI writes elsewhere
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageError(
      `${folder} cannot be written to (${code}): run this in a folder that can, ${process.cwd()} cannot`,
    );
  }
};

/**
 * Ends the group of the command's processes when our end of a pipe is gone: however this process ends. It is made of what
 * the shell has built in, so that it needs nothing of PATH. Windows has no groups.
 */
const WATCH = process.platform === 'win32' ? '' : '(read -r end <&3; kill -9 0) >/dev/null 2>&1 & ';

const run = (
  command: string,
  environment: Record<string, string>,
  signal: AbortSignal | undefined,
): Promise<{ ending: string; output: string }> =>
  new Promise((done, reject) => {
    const child = spawn(`${WATCH}${command}`, {
      shell: true,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
      detached: process.platform !== 'win32',
    });
    const [, , , watch] = child.stdio;
    const end = (): void => {
      watch?.destroy();
    };
    signal?.addEventListener('abort', end);
    const chunks: Buffer[] = [];
    // A synthesized template goes to stdout where the command is "cdk synth"; it says nothing here.
    child.stdout?.resume();
    child.stderr?.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.once('error', reject);
    child.once('exit', end);
    child.once('close', (exitCode, endedBy) => {
      signal?.removeEventListener('abort', end);
      done({ ending: endedBy ?? `exit code ${exitCode}`, output: Buffer.concat(chunks).toString() });
    });
  });
