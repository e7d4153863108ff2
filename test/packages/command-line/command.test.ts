import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import {
  expecting,
  helpOf,
  Interrupted,
  parseCommand,
  runCommand,
  UsageError,
  url,
  wholeNumber,
} from '../../../packages/command-line/command.ts';

const COMMAND = {
  usage: 'npm run knock -- [options] DOOR',
  about: 'Knocks at a door.',
  argument: 'door',
  options: {
    times: { type: wholeNumber(1, 9), default: '3', help: 'how often' },
    'house-of': { type: 'text', value: 'NAME', help: 'whose house it is,\nif that matters' },
    loud: { type: 'flag', help: 'with the fist' },
    word: { type: 'text', repeated: true, value: 'TEXT', help: 'said through the door' },
    'at-url': { type: url("a door's URL"), value: 'URL', help: 'a door elsewhere' },
    key: {
      type: expecting('a key', (text) => (text === 'right' ? 1 : undefined), true),
      value: 'KEY',
      help: 'the key',
    },
  },
} as const;

describe('parseCommand', () => {
  it('gives each option its default, and leaves out options without one', () => {
    expect(parseCommand(COMMAND, ['front'])).toEqual([{ times: 3, loud: false, word: [] }, 'front']);
  });

  it('reads every type of option, by its name in camel case', () => {
    const args = '--times 9 front --house-of Ada --loud --word a --word b --at-url door:1 --key right'.split(' ');
    const [values, argument] = parseCommand(COMMAND, args);
    expect(values).toEqual({
      ...{ times: 9, houseOf: 'Ada', loud: true, word: ['a', 'b'], atUrl: 'door:1', key: 1 },
    });
    expect(argument).toBe('front');
    // The compiler checks the types here.
    const {
      times,
      houseOf = '',
      loud,
      word,
    }: { times: number; houseOf?: string; loud: boolean; word: string[] } = values;
    expect([times, houseOf, loud, word]).toHaveLength(4);
  });

  it.each([
    [['--times', '10'], '--times: expected a whole number from 1 to 9, got "10".'],
    [['--times', '1.5'], '--times: expected a whole number from 1 to 9, got "1.5".'],
    [['--times', ''], '--times: expected a whole number from 1 to 9, got "".'],
    [['--at-url', 'nowhere'], '--at-url: expected a door\'s URL, got "nowhere".'],
    [['--word', ''], '--word: expected a value, got "". Is a shell variable not set?'],
    [['--tines', '1'], "Unknown option '--tines'. --help lists the options"],
    [['--times'], "Option '--times <value>' argument missing. --help lists the options"],
    [['--times', '-1'], '--times: expected a value. If the value begins with a dash, write --times=VALUE'],
    [['-5'], 'Unknown option \'-5\'. --help lists the options. Write "--" before a door that begins with a dash'],
    [['--loud=yes'], "Option '--loud' does not take an argument. --help lists the options"],
    [['back'], 'Expected one door, got 2: npm run knock -- [options] DOOR'],
  ])('refuses %j in one sentence', (args, sentence) => {
    const parse = () => parseCommand(COMMAND, ['front', ...args]);
    expect(parse).toThrow(UsageError);
    expect(parse).toThrow(expect.objectContaining({ message: sentence }));
  });

  it('does not show a secret in an error', () => {
    expect(() => parseCommand(COMMAND, ['front', '--key', 'token'])).toThrow('--key: expected a key, got 5 ch');
  });

  it('reads several arguments, and expects each', () => {
    const command = { usage: 'npm run send', about: '', argument: ['channel', 'text'], options: {} };
    expect(parseCommand(command, ['room:42', 'hi'])).toEqual([{}, 'room:42', 'hi']);
    for (const args of [[], ['room:42'], ['room:42', 'hi', 'there']])
      expect(() => parseCommand(command, args)).toThrow(
        new UsageError(`Expected one channel and one text, got ${args.length}: npm run send`),
      );
    expect(() => parseCommand(command, ['room:42', ''])).toThrow(
      new UsageError('Expected one channel and one text, got an empty string: npm run send'),
    );
    expect(() => parseCommand(command, ['room:42', '-5'])).toThrow(
      'Write "--" before a channel or text that begins with a dash',
    );
  });

  it('uses the default of a missing argument', () => {
    const command = { usage: '', about: '', argument: 'bench', argumentDefault: 'fan-out', options: {} };
    expect(parseCommand(command, [])).toEqual([{}, 'fan-out']);
    expect(parseCommand(command, ['gateway'])).toEqual([{}, 'gateway']);
    expect(() => parseCommand(command, ['gateway', 'more'])).toThrow('Expected one bench, got 2');
  });

  it('refuses an empty argument', () => {
    expect(() => parseCommand(COMMAND, [''])).toThrow('Expected one door, got an empty string: npm run knock');
  });

  it('refuses an argument if the command does not take one', () => {
    expect(() => parseCommand({ usage: '', about: '', options: {} }, ['x'])).toThrow("Unexpected argument 'x'. --help");
  });
});

it('helpOf lists each option with its help', () => {
  expect(helpOf(COMMAND)).toBe(`npm run knock -- [options] DOOR

Knocks at a door.

  --times 3        how often
  --house-of NAME  whose house it is,
                   if that matters
  --loud           with the fist
  --word TEXT      said through the door; can be repeated
  --at-url URL     a door elsewhere
  --key KEY        the key
  -h, --help       show this help

Exit codes: 0 success, 1 failure, 2 invalid option or argument, 130 interrupted.
`);
});

describe('runCommand', () => {
  const { argv, env } = process;
  let stdout: string;
  let stderr: string;
  beforeEach(() => {
    stdout = stderr = '';
    jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
      stdout += text;
      return true;
    });
    jest.spyOn(process.stderr, 'write').mockImplementation((text) => {
      stderr += text;
      return true;
    });
  });
  afterEach(() => {
    jest.restoreAllMocks();
    process.argv = argv;
    process.env = env;
    process.exitCode = undefined;
  });

  const run = async (
    args: string[],
    main: (values: object, text: string) => Promise<void> = async () => {},
    program = 'knock.ts',
  ) => {
    process.argv = ['node', program, ...args];
    await runCommand(COMMAND, main);
    return { code: process.exitCode, stdout, stderr };
  };

  it('sets no exit code if the command succeeds', async () => {
    expect(await run(['front'])).toEqual({ code: undefined, stdout: '', stderr: '' });
  });

  it.each(['-h', '--help'])('shows the help for %s, even beside an invalid option', async (help) => {
    const main = async () => expect('this').toBe('not run');
    expect(await run(['--times', 'x', help], main)).toEqual({ code: undefined, stdout: helpOf(COMMAND), stderr: '' });
  });

  it('takes an argument after -- as text, even if it is -h', async () => {
    const main = jest.fn<(values: object, text: string) => Promise<void>>(async () => {});
    expect(await run(['--', '-h'], main)).toEqual({ code: undefined, stdout: '', stderr: '' });
    expect(main).toHaveBeenCalledWith(expect.anything(), '-h');
  });

  it.each([
    ['node_modules/.bin/middy-fanout', 'middy-fanout knock [options] DOOR'],
    ['dist/commands/middy-fanout.js', 'middy-fanout knock [options] DOOR'],
    ['node_modules/.bin/middy-fanout-knock', 'middy-fanout-knock [options] DOOR'],
  ])('shows the usage of the bin %s', async (bin, typed) => {
    const { stdout: shown } = await run(['-h'], undefined, bin);
    expect(shown.split('\n')[0]).toBe(typed);
  });

  it('prints the message of an error, and exits with 2 for a usage error and 1 for any other', async () => {
    const sentence = '--times: expected a whole number from 1 to 9, got "x".\n';
    expect(await run(['front', '--times', 'x'])).toEqual({ code: 2, stdout: '', stderr: sentence });
    stderr = '';
    const fail = () => Promise.reject(new Error('The house is empty'));
    expect(await run(['front'], fail)).toEqual({ code: 1, stdout: '', stderr: 'The house is empty\n' });
  });

  it('exits with 130 if it was interrupted', async () => {
    const stop = () => Promise.reject(new Interrupted('Interrupted before the first knock'));
    expect(await run(['front'], stop)).toEqual({
      code: 130,
      stdout: '',
      stderr: 'Interrupted before the first knock\n',
    });
  });

  it('shows the stack for MIDDY_FANOUT_TRACE=1', async () => {
    process.env = { ...env, MIDDY_FANOUT_TRACE: '1' };
    const { stderr: shown } = await run(['front'], () => Promise.reject(new Error('The house is empty')));
    expect(shown).toMatch(/^Error: The house is empty\n +at .*command\.test\.ts/);
  });
});
