import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { until } from '../support/until.ts';

const folder = dirname(createRequire(import.meta.url).resolve('wscat/package.json'));

/**
 * A real wscat, typed into through a pipe that stays open: it ends when stdin does. To a pipe it writes what it receives
 * and nothing else, no "Connected" and no "< ".
 */
export const aWscat = (url: string) => {
  const child = spawn(process.execPath, [join(folder, 'bin/wscat'), '--no-color', '-c', url], { stdio: 'pipe' });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data) => {
      output += String(data);
    });
  }
  return {
    type: (text: string) => child.stdin.write(`${text}\n`),
    /** Resolves when the text is on its screen. */
    shows: (text: string) => until(() => output.includes(text)),
    screen: () => output,
    /** CTRL+C, or worse. */
    end: async (signal: 'SIGINT' | 'SIGKILL' = 'SIGINT') => {
      child.kill(signal);
      await once(child, 'close');
    },
  };
};
