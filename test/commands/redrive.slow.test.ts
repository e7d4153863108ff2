import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SqsChannelQueue } from '../../aws/channels/sqs-channel-queue.ts';
import { createQueueClient } from '../../aws/queue/broadcast-from-backend.ts';
import { runCommand } from '../support/run-command.ts';
import { startSqs, type TestSqs } from '../support/start-sqs.ts';

let sqs: TestSqs;
beforeAll(async () => {
  sqs = await startSqs();
  for (const name of ['dead', 'broadcasts']) sqs.createQueue(name);
  for (const name of ['dead.fifo', 'channels.fifo']) sqs.createQueue(name, { FifoQueue: 'true' });
});
afterAll(() => sqs.stop());

const redrive = (...args: string[]) =>
  runCommand('commands/redrive.ts', [
    '--dead-letter-queue-url',
    sqs.urlOf('dead'),
    '--queue-url',
    sqs.urlOf('broadcasts'),
    ...args,
  ]).ended;
const visible = (name: string) => sqs.inside(name).visible.length;

describe('npm run redrive', () => {
  it('shows the reasons of dead letters without their text, then sends them', async () => {
    const record = JSON.stringify({ v: 1, id: 'b1', data: 'the secret', connections: { 'id-of-somebody=': 5 } });
    sqs.send('dead', JSON.stringify({ v: 1, reason: 'slow', diedAt: 0, record }));

    const shown = await redrive('--dry-run');
    expect(shown).toMatchObject({ code: 0, stderr: '' });
    expect(shown.stdout).toBe(
      'would be sent: 1 connections of broadcast b1, 10 bytes; died on 1970-01-01T00:00:00.000Z: slow (the connection kept answering 429: its client reads too slowly)\n1 would be sent, 0 left, 0 failed\n',
    );
    expect([visible('dead'), visible('broadcasts')]).toEqual([1, 0]);

    const sent = await redrive('--reason', 'slow');
    expect(sent.stdout).toMatch(/^sent: .*\n1 sent, 0 left, 0 failed\n$/);
    expect([visible('dead'), visible('broadcasts')]).toEqual([0, 1]);
  });

  it.each([
    [['--queue-url', 'nowhere'], /^--queue-url: expected a queue's URL such as .*, got "nowhere"/],
    [['--queue-url', 'http://127.0.0.1:1/no-account'], /^--queue-url: expected a queue's URL such as/],
    [['--reason', 'boredom'], /^--reason: expected one of unfinished, unknown-channel, unreadable.*, got "boredom"/],
    [['--wet-run'], /Unknown option '--wet-run'/],
  ])('refuses %j in one sentence', async (args, sentence) => {
    const { code, stderr } = await redrive(...args);
    expect(code).toBe(2);
    expect(stderr).toMatch(sentence);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  it('refuses to send dead letters to their own queue', async () => {
    const { code, stderr } = await redrive('--queue-url', sqs.urlOf('dead'));
    expect(code).toBe(2);
    expect(stderr).toBe(
      `--queue-url: expected a different queue than --dead-letter-queue-url, got ${sqs.urlOf('dead')}.\n`,
    );
  });

  it('refuses a queue of broadcasts for dead letters of channels', async () => {
    const args = ['--dead-letter-queue-url', sqs.urlOf('dead.fifo'), '--queue-url', sqs.urlOf('broadcasts')];
    const { code, stderr } = await runCommand('commands/redrive.ts', args).ended;
    expect(code).toBe(2);
    expect(stderr).toBe(
      `--queue-url: expected a queue of the same kind as --dead-letter-queue-url, both with .fifo at the end or neither, got ${sqs.urlOf('broadcasts')}.\n`,
    );
  });

  describe('with channels', () => {
    const message = { v: 1 as const, channel: 'room:42', data: 'the secret', id: 'x' };
    const fill = async () => {
      const queueUrl = sqs.urlOf('dead.fifo');
      const queue = new SqsChannelQueue({
        queueUrl,
        client: createQueueClient(queueUrl),
        deadLetterQueueUrl: queueUrl,
      });
      await queue.send(message);
      await queue.deadLetter(
        { v: 1, reason: 'unknown-channel', diedAt: 0, record: JSON.stringify(message) },
        'room:42',
      );
    };

    it('shows the reasons of their dead letters without their text, then sends them', async () => {
      await fill();
      const args = ['--dead-letter-queue-url', sqs.urlOf('dead.fifo'), '--queue-url', sqs.urlOf('channels.fifo')];
      const shown = await runCommand('commands/redrive.ts', [...args, '--dry-run']).ended;
      expect(shown).toMatchObject({ code: 0, stderr: '' });
      expect(shown.stdout).toBe(
        `would be sent: message x of channel room:42, 10 bytes; died: unfinished (no function that received it finished it, so SQS moved it there)
would be sent: message x of channel room:42, 10 bytes; died on 1970-01-01T00:00:00.000Z: unknown-channel (no pattern of the application matches the channel)
2 would be sent, 0 left, 0 failed
`,
      );
      expect([visible('dead.fifo'), visible('channels.fifo')]).toEqual([2, 0]);
      expect((await runCommand('commands/redrive.ts', args).ended).stdout).toMatch(/\n2 sent, 0 left, 0 failed\n$/);
      expect([visible('dead.fifo'), visible('channels.fifo')]).toEqual([0, 2]);
    });

    it('reads both dead-letter queues of the local run', async () => {
      await fill();
      sqs.send('dead', JSON.stringify({ v: 1, data: 'to all' }));
      const outputs = {
        ...{ BroadcastQueueUrl: sqs.urlOf('broadcasts'), DeadLetterQueueUrl: sqs.urlOf('dead') },
        ...{ ChannelQueueUrl: sqs.urlOf('channels.fifo'), ChannelDeadLetterQueueUrl: sqs.urlOf('dead.fifo') },
      };
      const run = createServer((_, response) => response.end(JSON.stringify({ Rooms: outputs }))).listen(
        0,
        '127.0.0.1',
      );
      await once(run, 'listening');
      const { port } = run.address() as AddressInfo;
      const before = [visible('broadcasts'), visible('channels.fifo')];
      const ended = await runCommand('commands/redrive.ts', ['--port', String(port)]).ended;
      run.close();
      expect(ended.stdout).toMatch(/\n3 sent, 0 left, 0 failed\n$/);
      expect([visible('dead'), visible('dead.fifo')]).toEqual([0, 0]);
      expect([visible('broadcasts'), visible('channels.fifo')]).toEqual([(before[0] ?? 0) + 1, (before[1] ?? 0) + 2]);
    });
  });
});
