import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { until } from './until.ts';

const folder = dirname(createRequire(import.meta.url).resolve('wscat/package.json'));

/**
 * A real wscat. Its stdin is a pipe that stays open, because wscat ends with its stdin. To a pipe, wscat writes only
 * the received text, without "Connected" and "< ".
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
    /** Resolves when wscat has shown the text. */
    shows: (text: string) => until(() => output.includes(text)),
    screen: () => output,
    /** Ends wscat by CTRL+C, or kills it. */
    end: async (signal: 'SIGINT' | 'SIGKILL' = 'SIGINT') => {
      child.kill(signal);
      await once(child, 'close');
    },
  };
};
