import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { checkNode } from '../schemas/check-node.ts';
import type { BundleAnswer, BundleRequest } from './bundling/bundle-process.ts';
import { Handlers } from './bundling/handlers.ts';
import { ANSWER_FD, type ClaimedFolders, makeBundle } from './bundling/make-bundle.ts';

/** The folders that this process has bundled to. */
const claimed: ClaimedFolders = new Map();

/**
 * Bundles all handlers of an application for Lambda's nodejs24.x. The handlers share their code, so they are one asset.
 * A handler has the name of its file. A file that ends in `.validator.ts` is replaced by its compiled validators. The
 * bundle also has the framework's handlers connect, disconnect, default and fan-out, and channel-fan-out if there is a
 * handler channels, unless a file of the application has the same name.
 *
 * ```ts
 * import { App, Stack } from 'aws-cdk-lib';
 * import { bundle, FanOutApi } from 'middy-fanout/infra';
 *
 * const handlers = await bundle('handlers/*.ts', 'more/*.ts'); // before the constructs: they are synchronous
 * new FanOutApi(new Stack(new App(), 'Chat'), 'Chat', { handlers });
 * ```
 * @param globs Relative to the working folder. CDK runs an application in the folder of its `cdk.json`.
 * @returns the handlers, written to a folder below `build/` that no other bundle shares.
 * @throws {Error} if Node is too old, a glob matches nothing or two files share a name. If a handler does not compile, the error is
 * esbuild's `BuildFailure`, with file and line.
 */
export const bundle = async (...globs: [string, ...string[]]): Promise<Handlers> => {
  checkNode('bundle');
  return new Handlers(await makeBundle(globs, claimed));
};

/**
 * Does the same as `bundle`, without a promise: for an application in CommonJS, which has no `await` at its top level.
 * A child process makes the bundle, as for CDK's `NodejsFunction`.
 *
 * ```ts
 * import { App, Stack } from 'aws-cdk-lib';
 * import { bundleSync, FanOutApi } from 'middy-fanout/infra'; // TypeScript compiles it to require()
 *
 * new FanOutApi(new Stack(new App(), 'Chat'), 'Chat', { handlers: bundleSync('handlers/*.ts') });
 * ```
 * @throws {Error} the same errors as `bundle`.
 */
export const bundleSync = (...globs: [string, ...string[]]): Handlers => {
  checkNode('bundleSync');
  const answer = runBundleProcess({ globs, claimed: [...claimed] });
  if ('failure' in answer) throw Object.assign(new Error(answer.failure.message), answer.failure);
  for (const [folder, contents] of answer.claimed) claimed.set(folder, contents);
  return new Handlers(answer.bundle);
};

const BUNDLE_PROCESS = fileURLToPath(new URL('./bundling/bundle-process.ts', import.meta.url));

const runBundleProcess = (request: BundleRequest): BundleAnswer => {
  const { output, error, status, signal } = spawnSync(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', BUNDLE_PROCESS],
    { input: JSON.stringify(request), stdio: ['pipe', 'inherit', 'inherit', 'pipe'], maxBuffer: Infinity },
  );
  const answer = output?.[ANSWER_FD]?.toString();
  if (answer) return JSON.parse(answer);
  throw new Error(`bundleSync: the child process ended before it answered (${signal ?? `exit code ${status}`})`, {
    cause: error,
  });
};
