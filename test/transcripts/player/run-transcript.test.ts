import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { WebSocketServer } from 'ws';
import { PATIENCE_MS, until } from '../../support/until.ts';
import { parseTranscript } from './parse-transcript.ts';
import { type RunTranscriptOptions, runTranscript } from './run-transcript.ts';

/** A chat that sends each message to all clients. It sends "double" twice, and "nothing" not at all. */
const startChat = async () => {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  server.on('connection', (socket) =>
    socket.on('message', (data) => {
      const text = String(data);
      const times = { double: 2, nothing: 0 }[text] ?? 1;
      for (const client of server.clients) for (let time = 0; time < times; time += 1) client.send(text);
    }),
  );
  await once(server, 'listening');
  return server;
};

describe('runTranscript', () => {
  let server: WebSocketServer;
  beforeEach(async () => {
    server = await startChat();
  });
  afterEach(() => new Promise<void>((resolve) => server.close(() => resolve())));

  const run = (transcript: string, options: Partial<RunTranscriptOptions> = {}) =>
    runTranscript({
      steps: parseTranscript(transcript, 'chat.txt'),
      url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
      timeoutMs: PATIENCE_MS,
      quietMs: PATIENCE_MS,
      ...options,
    });

  it('finds no difference if the transcript matches', async () => {
    expect(await run('A+\nB+\nA> hello\nA< hel*\nB< hello\nB<!\nB-\nA-', { quietMs: 50 })).toBeUndefined();
    expect(server.clients.size).toBe(0);
  });

  it('shows where a line differs', async () => {
    expect(await run('A+\nA> hello, world\nA< hello, everyone')).toEqual({
      line: 3,
      description: '  expected A< hello, everyone\n  shown    A< hello, world\n                     ^',
    });
  });

  it('waits no longer than its timeout', async () => {
    let timeoutMs = 25;
    // The timeout also applies to the handshake, which fails if the machine is too busy.
    const difference = await until(() => {
      timeoutMs *= 2;
      return run('A+\nA> nothing\nA< nothing', { timeoutMs }).catch(() => undefined);
    });
    expect(difference).toEqual({
      line: 3,
      description: `  expected A< nothing\n  shown    A  nothing within ${timeoutMs} ms`,
    });
  });

  it.each([
    ['at an expected silence', 'A+\nA> hello\nA<!', 3],
    ['when a terminal is closed', 'A+\nA> double\nA< double\nA> double\nA< double\nA< double\nA-', 7],
    ['at the end', 'A+\nB+\nA> hello\nA< hello\nA> hello\nA< hello', 6],
  ])('reports additional output %s', async (_, transcript, line) => {
    const difference = await run(transcript);
    expect(difference).toMatchObject({ line, description: expect.stringContaining('to show nothing more') });
  });

  it('runs commands of the backend', async () => {
    const commands: string[] = [];
    const backend = async (command: string) => {
      commands.push(command);
      for (const client of server.clients) client.send('from the backend');
    };
    expect(await run('A+\n$ broadcast now\nA< from the backend', { backend })).toBeUndefined();
    expect(commands).toEqual(['broadcast now']);
    expect(await run('A+\n$ broadcast now')).toEqual({
      line: 2,
      description: '  "$ broadcast now" needs a backend, and this run has none',
    });
  });

  it('names the URL if no server answers', async () => {
    await expect(run('A+', { url: 'ws://127.0.0.1:1/production' })).rejects.toThrow(
      /^Cannot connect to ws:\/\/127\.0\.0\.1:1\/production: .*ECONNREFUSED/,
    );
  });
});
