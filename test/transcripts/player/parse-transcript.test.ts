import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parseBroadcast, parseTranscript } from './parse-transcript.ts';

describe('parseTranscript', () => {
  it('reads lines that open, type, expect, close and run a command', () => {
    const text = '# a chat\nA+\nA> {"a": 1}\nA<  indented\nA<!\n\n$ broadcast "x"\r\nA-\n';
    expect(parseTranscript(text, 'chat.txt')).toEqual([
      { line: 2, kind: 'open', terminal: 'A' },
      { line: 3, kind: 'type', terminal: 'A', text: '{"a": 1}' },
      { line: 4, kind: 'expect', terminal: 'A', text: ' indented' },
      { line: 5, kind: 'quiet', terminal: 'A' },
      { line: 7, kind: 'backend', command: 'broadcast "x"' },
      { line: 8, kind: 'close', terminal: 'A' },
    ]);
  });

  it.each([
    ['an invalid line', 'A+\nhello', /chat\.txt:2: "hello" is not a line of a transcript\. "A\+" opens a terminal/],
    ['text without a space', 'A+\nA>hello', /chat\.txt:2: "A>hello" is not a line/],
    ['a terminal that is not open', 'A+\nB> hello', /chat\.txt:2: terminal B is not open\. "B\+" opens it/],
    ['a terminal that was closed', 'A+\nA-\nA< x', /chat\.txt:3: terminal A is not open/],
    ['a terminal that is open already', 'A+\nA+', /chat\.txt:2: terminal A is open already/],
  ])('names file and line of %s', (_, text, problem) => {
    expect(() => parseTranscript(text, 'chat.txt')).toThrow(problem);
  });

  it('reads the five transcripts of the seeds', () => {
    const files = readdirSync('test/transcripts').filter((file) => file.endsWith('.txt'));
    const steps = files.map((file) => parseTranscript(readFileSync(`test/transcripts/${file}`, 'utf8'), file).length);
    expect(steps).toHaveLength(5);
    expect(Math.min(...steps)).toBeGreaterThan(5);
  });
});

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
    'refuses %j and names the expected form',
    (command) => {
      expect(() => parseBroadcast(command)).toThrow(
        `Expected a command of the backend to be broadcast "text", got: ${command}`,
      );
    },
  );
});
