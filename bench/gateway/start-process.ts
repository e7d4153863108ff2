import { type ChildProcess, fork } from 'node:child_process';
import { nextMessage } from '../next-message.ts';
import type { Usage } from './server-process.ts';

export interface ServerProcess {
  port: number;
  usage(): Promise<Usage>;
  stop(): void;
}

/** Starts a server of the bench in its own process, so that its CPU time and memory are measured separately. */
export const startProcess = async (file: string): Promise<ServerProcess> => {
  const child: ChildProcess = fork(new URL(file, import.meta.url), { execArgv: ['--expose-gc'] });
  const { port } = await nextMessage<{ port: number }>(child, file);
  return {
    port,
    usage: () => {
      child.send('usage');
      return nextMessage<Usage>(child, file);
    },
    stop: () => child.kill(),
  };
};
