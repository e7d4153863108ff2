import { describe, expect, it } from '@jest/globals';
import { parseBroadcast } from './parse-broadcast.ts';

describe('parseBroadcast', () => {
  it.each([
    ['broadcast "Hello from server"', 'Hello from server'],
    ["broadcast 'Hello from server'", 'Hello from server'],
    ['broadcast hello', 'hello'],
    ['broadcast  hello\\ there ', 'hello there'],
    [`broadcast "it's"`, "it's"],
    [`broadcast 'say "hi"'`, 'say "hi"'],
    ['broadcast "say \\"hi\\", keep \\n"', 'say "hi", keep \\n'],
    [`broadcast "a"'b'c`, 'abc'],
    ['broadcast ""', ''],
  ])('reads %s', (command, text) => {
    expect(parseBroadcast(command)).toBe(text);
  });

  it.each(['broadcast', 'broadcast two words', 'shout "hello"', 'broadcast "not closed', "broadcast 'not closed", ''])(
    'refuses %j, saying what it expects',
    (command) => {
      expect(() => parseBroadcast(command)).toThrow(
        `Expected a command of the backend to be broadcast "text", got: ${command}`,
      );
    },
  );
});
