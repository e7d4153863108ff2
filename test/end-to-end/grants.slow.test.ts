import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { decide } from '../../packages/local/iam/decide.ts';
import type { Policies } from '../../packages/local/model/application.ts';
import { readApplication } from '../../packages/local/template/read-application.ts';
import { PATIENCE_MS, until } from '../support/until.ts';
import type { Terminal } from '../transcripts/player/open-terminal.ts';
import { runChat, synthesizeChat } from './run-chat.ts';

jest.setTimeout(600_000);

interface PolicyResource {
  Type: string;
  Properties?: { PolicyDocument?: { Statement: object[] } };
}
interface Template {
  Resources: Record<string, PolicyResource>;
}
interface Removal {
  logicalId: string;
  index: number;
}

/** Without a grant, an effect that has not appeared by then counts as refused. */
const SHORT_WAIT_MS = 5_000;
const GONE = 'PJqB0fHsqRcCHlw=';
const CONNECTING = 'QKrC1gItrSdDImx=';

const templateFileOf = (cdkOut: string) =>
  join(cdkOut, readdirSync(cdkOut).find((file) => file.endsWith('.template.json')) as string);
const readTemplate = (cdkOut: string): Template => JSON.parse(readFileSync(templateFileOf(cdkOut), 'utf8'));

const statementsOf = ({ Resources }: Template): Removal[] =>
  Object.entries(Resources).flatMap(([logicalId, { Properties }]) =>
    (Properties?.PolicyDocument?.Statement ?? []).map((_, index) => ({ logicalId, index })),
  );

const without = async (cdkOut: string, { logicalId, index }: Removal): Promise<string> => {
  const folder = mkdtempSync(join(tmpdir(), 'grants-'));
  await cp(cdkOut, folder, { recursive: true });
  const template = readTemplate(folder);
  template.Resources[logicalId]?.Properties?.PolicyDocument?.Statement.splice(index, 1);
  writeFileSync(templateFileOf(folder), JSON.stringify(template));
  return folder;
};

/** For each queue, whether it refuses calls over plain HTTP to every role. */
const plainHttpRefused = (policies: Policies): boolean[] =>
  [...policies.resource.keys()].map((resourceArn) =>
    [...policies.identity.keys()].every(
      (roleArn) =>
        !decide(
          {
            ...policies,
            identity: new Map([[roleArn, [{ id: 'all', effect: 'Allow', actions: ['*'], resources: ['*'] }]]]),
          },
          { roleArn, functionName: 'any', action: 'sqs:SendMessage', resourceArn, secureTransport: false },
        ).allowed,
    ),
  );

const now = () => Math.floor(Date.now() / 1_000);
const AN_HOUR_SECONDS = 3_600;
const anEvent = (connectionId: string) => ({
  requestContext: { connectionId, routeKey: 'x', eventType: 'MESSAGE', requestId: connectionId, stage: 'production' },
  body: '{',
  isBase64Encoded: false,
});

/** A session that needs every grant. Resolves to the first effect that does not appear in time, or to `undefined`. */
const firstFailure = async (cdkOut: string, withinMs: number): Promise<string | undefined> => {
  const { policies, notices } = readApplication({ cdkOut, sqsUrl: '' });
  const chat = await runChat({ cdkOut });
  const terminals: Terminal[] = [];
  const open = async () => terminals.push(await chat.open());
  const shows = async (terminal: number, pattern: RegExp) =>
    pattern.test((await terminals[terminal]?.next(withinMs)) ?? '');
  const types = (text: string) => terminals[0]?.type(text);
  const sends = (message: unknown) => types(JSON.stringify({ action: 'send-message', message }));
  const after = <T>(_: unknown, effect: () => T): T => effect();
  const forgetsAfterAnswering = async (part: string) => {
    await chat.putRow(GONE, now() - AN_HOUR_SECONDS);
    await chat.run.invoke(chat.functionName(part), anEvent(GONE));
    return (await chat.row(GONE)) === undefined;
  };
  const effects: [string, () => unknown][] = [
    ['the logs of functions are kept', () => notices.length === 0],
    ['queues refuse calls without TLS', () => plainHttpRefused(policies).every(Boolean)],
    ['clients connect', () => Promise.all([open(), open()])],
    ['a message is delivered', () => after(sends('hello'), () => shows(1, /^hello$/))],
    ['a refusal is explained', () => after(sends(5), () => shows(0, /MESSAGE_INVALID/))],
    ['help is given', () => after(types('help'), () => shows(0, /^Use the .*"SourceIp"/))],
    ['send-message deletes the row of a stale caller', () => forgetsAfterAnswering('SendMessage')],
    ['default deletes the row of a stale caller', () => forgetsAfterAnswering('Default')],
    [
      'the fan-out deletes the row of a stale connection',
      async () => {
        await chat.putRow(GONE, now() - AN_HOUR_SECONDS);
        sends('again');
        return until(async () => !(await chat.row(GONE)), withinMs);
      },
    ],
    [
      'an unreadable record is kept',
      async () =>
        after(await chat.enqueue('not a record'), () => until(async () => (await chat.deadLetter()).length, withinMs)),
    ],
    [
      'a connection that is connecting is tried again later',
      async () => {
        await chat.putRow(CONNECTING, now());
        sends('once more');
        return until(() => chat.isDelaying(), withinMs);
      },
    ],
    [
      'the row of a client that leaves is deleted',
      async () => {
        const left = (await chat.connectionIds()).length;
        await terminals[1]?.close();
        return until(async () => (await chat.connectionIds()).length === left - 1, withinMs);
      },
    ],
  ];
  try {
    for (const [effect, appears] of effects) {
      if (!(await Promise.resolve(appears()).catch(() => false))) return effect;
    }
    return undefined;
  } finally {
    await chat.stop();
  }
};

describe('every statement of the stack’s policies', () => {
  let cdkOut: string;

  beforeAll(async () => {
    cdkOut = await synthesizeChat();
  });

  it('is enough together with the others: every effect of a session appears', async () => {
    expect(await firstFailure(cdkOut, PATIENCE_MS)).toBeUndefined();
  });

  it('is needed: without it, an effect does not appear', async () => {
    const removals = statementsOf(readTemplate(cdkOut));
    expect(removals.length).toBeGreaterThan(10);
    const failures: (string | undefined)[] = [];
    for (const removal of removals) failures.push(await firstFailure(await without(cdkOut, removal), SHORT_WAIT_MS));
    const needless = removals.filter((_, index) => failures[index] === undefined);
    expect(needless).toEqual([]);
    // The missing effects must differ, so that one broken effect does not explain them all.
    expect(new Set(failures).size).toBeGreaterThan(8);
  });
});
