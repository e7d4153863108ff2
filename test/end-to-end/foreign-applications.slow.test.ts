import { execFile } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { LocalEvent } from '../../packages/local/model/local-event.ts';
import { type LocalRun, startLocal } from '../../packages/local/run/start-local.ts';
import { PATIENCE_MS } from '../support/until.ts';
import { openTerminal } from '../transcripts/player/open-terminal.ts';

const APPLICATIONS = ['single-function', 'callback-handler', 'authorizer', 'two-apis'];

let folder: string;
let runs: Map<string, { run: LocalRun; events: LocalEvent[] }>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'foreign-'));
  await promisify(execFile)('node', ['test/support/fixtures/apps/synthesize-all.cjs', folder, ...APPLICATIONS], {
    env: { ...process.env, CDK_VALIDATION: 'false', CDK_DISABLE_STACK_TRACE: '1' },
  });
  // All at the same time, in one process.
  runs = new Map(
    await Promise.all(
      APPLICATIONS.map(async (name) => {
        const events: LocalEvent[] = [];
        const run = await startLocal({ cdkOut: join(folder, name), log: (event) => events.push(event) });
        return [name, { run, events }] as const;
      }),
    ),
  );
});
afterAll(async () => {
  await Promise.all([...(runs?.values() ?? [])].map(({ run }) => run.stop()));
});

const open = (application: string, { api = 0, query = '' } = {}) => {
  const url = runs.get(application)?.run.ready.apis[api]?.webSocketUrl;
  return openTerminal({ url: `${url}${query}`, timeoutMs: PATIENCE_MS });
};

describe('an application with one function for everything', () => {
  it('reaches the local gateway by the domain name of its event, and needs no $connect', async () => {
    const client = await open('single-function');
    client.type('hello');
    expect(await client.next(PATIENCE_MS)).toBe('$default received: hello');
    await client.close();
  });
});

describe('an application with a callback handler on nodejs22.x', () => {
  it('finishes calls that the handler did not await, and queries an index', async () => {
    const [first, second] = await Promise.all([open('callback-handler'), open('callback-handler')]);
    for (const client of [first, second]) {
      client.type('{"type":"join","room":"lobby"}');
      expect(await client.next(PATIENCE_MS)).toBe('joined lobby');
    }
    first.type('{"type":"say","room":"lobby","text":"hi"}');
    expect(await first.next(PATIENCE_MS)).toBe('hi');
    expect(await second.next(PATIENCE_MS)).toBe('hi');
    await Promise.all([first.close(), second.close()]);
  });
});

describe('an application with an authorizer', () => {
  it('answers whoami with the context of the authorizer, as a route response', async () => {
    const client = await open('authorizer', { query: '?token=alice' });
    client.type('{"action":"whoami"}');
    expect(await client.next(PATIENCE_MS)).toBe('alice is ALICE');
    await client.close();
  });

  it.each([
    ['?token=mallory', 403],
    ['?token=none', 401],
    ['', 401],
  ])('refuses %s with %d', async (query, status) => {
    await expect(open('authorizer', { query })).rejects.toThrow(`refused the handshake: ${status}`);
  });

  it('runs in the account and Region that the application names', () => {
    expect(runs.get('authorizer')?.run.sdk.dynamodb.region).toBe('eu-west-1');
  });
});

describe('an application with two APIs in one template', () => {
  it('carries a message from one API through a queue to the clients of the other', async () => {
    const visitor = await open('two-apis', { api: 0 });
    const member = await open('two-apis', { api: 1 });
    member.type('{"action":"listen"}');
    expect(await member.next(PATIENCE_MS)).toBe('listening');
    visitor.type('{"do":"knock","name":"Ada"}');
    expect(await member.next(PATIENCE_MS)).toBe('Somebody knocked: Ada');
    await Promise.all([visitor.close(), member.close()]);
  });

  it('has a port for each API', () => {
    const urls = runs.get('two-apis')?.run.ready.apis.map(({ webSocketUrl }) => new URL(webSocketUrl).port);
    expect(new Set(urls).size).toBe(2);
  });
});

describe('every application', () => {
  it('ran without a warning or a refusal', () => {
    const problems = [...runs.values()]
      .flatMap(({ events }) => events)
      .filter((event) => ['notice', 'warning', 'failed', 'closed', 'call-refused'].includes(event.type));
    expect(problems).toEqual([]);
  });
});
