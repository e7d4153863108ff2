import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { aWscat } from '../support/a-wscat.ts';
import { type RunningCommand, runCommand } from '../support/run-command.ts';
import { until } from '../support/until.ts';

jest.setTimeout(120_000);

/** `npm start` and real wscats, as in the README. */
describe('npm start', () => {
  let command: RunningCommand;
  let url: string;

  beforeAll(async () => {
    command = runCommand('commands/start.ts', ['--port', '0', '--verbose']);
    await command.says('CTRL+C ends it.');
    url = /ws:\/\/\S+/.exec(command.output())?.[0] ?? '';
  });
  afterAll(async () => {
    command.interrupt();
    expect((await command.ended).code).toBe(0);
  });

  const count = (text: string) => command.output().split(text).length - 1;
  const openThree = async () => {
    const before = count('+ connected');
    const wscats = [aWscat(url), aWscat(url), aWscat(url)] as const;
    await until(() => count('+ connected') === before + 3);
    return wscats;
  };

  it('holds the session of seed 0 between two wscats, and tells a third why its messages are refused', async () => {
    const [a, b, c] = await openThree();
    a.type('{"action": "send-message", "message": "hello, everyone!"}');
    await b.shows('hello, everyone!');
    a.type('{"action": "no-such-route"}');
    await a.shows('Use the send-message route to send a message. Your info: {');
    expect(a.screen()).not.toContain('hello, everyone!');
    c.type('{"action":"send-message"');
    await c.shows('"code":"MESSAGE_MALFORMED"');
    c.type('{"action":"send-message","message":5}');
    await c.shows('"path":"/message","rule":"type"');
    await Promise.all([a.end(), b.end(), c.end()]);
  });

  it('notices a killed wscat, and reaches the others', async () => {
    const [a, b, c] = await openThree();
    const before = count('- disconnected');
    await c.end('SIGKILL');
    await until(() => count('- disconnected') > before);
    a.type('{"action": "send-message", "message": "still there?"}');
    await b.shows('still there?');
    await until(() => /"delivered":1,"stale":0/.test(command.output()));
    await Promise.all([a.end(), b.end()]);
  });
});
