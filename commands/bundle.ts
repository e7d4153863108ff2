import type { BuildProblem } from '../infra/bundling/build-problems.ts';
import { type WatchedBuild, watchHandlers } from '../infra/watch-handlers.ts';

/**
 * `node commands/bundle.ts [--watch] [glob …]`: bundles the handlers, once or until it is ended. Default glob:
 * `handlers/*.ts`. Started by another Node process with an IPC channel, it sends that process a message for each build.
 */

/** What the parent process is sent. */
export type BundleMessage =
  | { type: 'bundled'; folder: string; names: readonly string[]; changed: readonly string[]; durationMs: number }
  | { type: 'bundle-failed'; problems: readonly BuildProblem[] };

const watching = process.argv.includes('--watch');
const [first = 'handlers/*.ts', ...more] = process.argv.slice(2).filter((argument) => argument !== '--watch');

const report = (build: WatchedBuild): void => {
  process.exitCode = build.ok ? 0 : 1;
  if (process.send) process.send(messageOf(build));
  else if (build.ok)
    console.log(`Bundled ${build.handlers.names.length} handlers in ${Math.round(build.durationMs)} ms`);
  else console.error(build.problems.map(lineOf).join('\n'));
};

const messageOf = (build: WatchedBuild): BundleMessage =>
  build.ok
    ? {
        type: 'bundled',
        folder: build.handlers.folder,
        names: build.handlers.names,
        changed: build.changed,
        durationMs: build.durationMs,
      }
    : { type: 'bundle-failed', problems: build.problems };

const lineOf = ({ file, line, column = 0, text }: BuildProblem): string =>
  file ? `${file}:${line}:${column + 1}: ${text}` : text;

const stop = await watchHandlers([first, ...more], report);
if (watching) {
  const end = () => void stop().then(() => process.exit());
  process.once('SIGINT', end).once('SIGTERM', end).once('disconnect', end);
} else {
  await stop();
  if (process.connected) process.disconnect();
}
