import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { nextMessage } from '../next-message.ts';
import type { Stub } from '../stub/start-stub.ts';
import type { StubCounts, StubSettings } from '../stub/stub-messages.ts';
import type { Sent } from './sender-worker.ts';

const WORKER = fileURLToPath(new URL('./sender-worker.ts', import.meta.url));

export interface SenderOrder {
  /** The bundle of the handler. */
  file: string;
  messages: number;
  /** Variables beside the stub's own. Default: no others. */
  environment?: Readonly<Record<string, string>>;
}

/**
 * Sends events to a bundled handler in a new process, after some that warm it up.
 * @throws {Error} if the process fails, or the queue has fewer messages than events.
 */
export const runSender = async (
  stub: Stub,
  settings: StubSettings,
  { file, messages, environment = {} }: SenderOrder,
): Promise<Sent & { counts: StubCounts }> => {
  await stub.reset(settings);
  const child = fork(WORKER, [file, String(messages)], {
    env: { PATH: process.env.PATH ?? '', ...stub.environment, ...environment, POWERTOOLS_LOG_LEVEL: 'SILENT' },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit');
  const sent = await nextMessage<Sent>(child, 'The sender');
  await ended;
  const counts = await stub.counts();
  if (counts.queued < messages) throw new Error(`Expected ${messages} messages in the queue, got ${counts.queued}`);
  return { ...sent, counts };
};
