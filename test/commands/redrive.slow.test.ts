import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runCommand } from '../support/run-command.ts';
import { startSqs, type TestSqs } from '../support/start-sqs.ts';

let sqs: TestSqs;
beforeAll(async () => {
  sqs = await startSqs();
  for (const name of ['dead', 'broadcasts']) sqs.createQueue(name);
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
    [['--reason', 'boredom'], /^--reason: expected one of unfinished, unreadable.*, got "boredom"/],
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
});
