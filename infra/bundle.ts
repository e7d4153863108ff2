import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { BundleAnswer, BundleRequest } from './bundling/bundle-process.ts';
import { Handlers } from './bundling/handlers.ts';
import { ANSWER_FD, type ClaimedFolders, makeBundle } from './bundling/make-bundle.ts';

/** The bundles of this process. */
const claimed: ClaimedFolders = new Map();

/**
 * Bundles all handlers of an application at once, for Lambda's nodejs24.x: they share their code, and so one asset.
 * A file that ends in `.validator.ts` is replaced by its validators, compiled. A handler has the name of its file.
 * The framework's connect, disconnect, default and fan-out are in the bundle unless a file of the application has that
 * name.
 *
 * ```ts
 * import { App, Stack } from 'aws-cdk-lib';
 * import { bundle, FanOutApi } from 'middy-fanout/infra';
 *
 * const handlers = await bundle('handlers/*.ts', 'more/*.ts'); // once, before the constructs, which are synchronous
 * new FanOutApi(new Stack(new App(), 'Chat'), 'Chat', { handlers });
 * ```
 * @param globs Relative to the working folder. CDK runs an application in the folder of its `cdk.json`.
 * @returns the handlers, written below `build/` to a folder that no other bundle shares.
 * @throws {Error} if a glob matches nothing or two files share a name; esbuild's `BuildFailure`, with file and line, if a
 * handler does not compile.
 */
export const bundle = async (...globs: [string, ...string[]]): Promise<Handlers> =>
  new Handlers(await makeBundle(globs, claimed));

/**
 * Does what `bundle` does and returns the same, without a promise: for an application in CommonJS, which has no `await`
 * at its top level. A child process bundles meanwhile, as it does for CDK's `NodejsFunction`.
 *
 * ```ts
 * import { App, Stack } from 'aws-cdk-lib';
 * import { bundleSync, FanOutApi } from 'middy-fanout/infra'; // TypeScript compiles it to require()
 *
 * new FanOutApi(new Stack(new App(), 'Chat'), 'Chat', { handlers: bundleSync('handlers/*.ts') });
 * ```
 * @throws {Error} what `bundle` throws.
 */
export const bundleSync = (...globs: [string, ...string[]]): Handlers => {
  const answer = askProcess({ globs, claimed: [...claimed] });
  if ('failure' in answer) throw Object.assign(new Error(answer.failure.message), answer.failure);
  for (const [folder, contents] of answer.claimed) claimed.set(folder, contents);
  return new Handlers(answer.bundle);
};

const PROCESS = fileURLToPath(new URL('./bundling/bundle-process.ts', import.meta.url));

const askProcess = (request: BundleRequest): BundleAnswer => {
  const { output, error, status, signal } = spawnSync(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', PROCESS],
    { input: JSON.stringify(request), stdio: ['pipe', 'inherit', 'inherit', 'pipe'], maxBuffer: Infinity },
  );
  const answer = output?.[ANSWER_FD]?.toString();
  if (answer) return JSON.parse(answer);
  throw new Error(`bundleSync: its process ended early (${signal ?? `exit code ${status}`})`, { cause: error });
};
