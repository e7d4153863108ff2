import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runCommand } from '../support/run-command.ts';

let log: string;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'explain-'));
  log = join(folder, 'functions.log');
  const account = {
    ...{
      id: 'b1',
      messageId: 'm1',
      attempts: 0,
      receiveCount: 1,
      scanned: 2,
      carried: 0,
      delivered: 1,
      stale: 0,
      excluded: 1,
    },
    ...{
      expired: 0,
      deferred: 0,
      undelivered: 0,
      posts: 1,
      unknown: 0,
      throttled: 0,
      sentAt: 0,
      scanHandedOver: false,
    },
    ...{ failed: false, firstDeliveredAt: 7, lastDeliveredAt: 7 },
  };
  await writeFile(log, `not JSON\n${JSON.stringify({ message: 'Broadcast account', account })}\n`);
});
afterAll(() => rm(folder, { recursive: true }));

describe('npm run explain', () => {
  it('explains a broadcast from a log', async () => {
    const { code, stdout } = await runCommand('commands/explain.ts', ['b1', '--log', log]).ended;
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Broadcast b1, .*\n {2}2 connections found: 1 delivered, 0 stale, 1 excluded/);
  });

  it.each([
    [['b2'], /No account of broadcast b2/],
    [[], /Expected one broadcast id/],
    [['b1', '--hours', 'x'], /Expected --hours to be a number above 0, got x/],
  ])('refuses %j in a sentence', async (args, sentence) => {
    const { code, stderr } = await runCommand('commands/explain.ts', [...args, '--log', log]).ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(sentence);
  });
});
