import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { Usage } from './server-process.ts';

export interface ServerProcess {
  port: number;
  usage(): Promise<Usage>;
  stop(): void;
}

/** Starts one of the bench's servers in a process of its own, so that its CPU time and memory are its alone. */
export const startProcess = async (file: string): Promise<ServerProcess> => {
  const child: ChildProcess = fork(new URL(file, import.meta.url), { execArgv: ['--expose-gc'] });
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  return {
    port,
    usage: async () => {
      child.send('usage');
      return (await once(child, 'message'))[0] as Usage;
    },
    stop: () => child.kill(),
  };
};
