import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { exitWithNpm } from './exit-with-npm.ts';

/** The exit codes of every command. */
export const EXIT = { done: 0, failed: 1, badInput: 2, interrupted: 130 } as const;

/** An option or argument is invalid. The message is one sentence for the person who typed it. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The command was interrupted before it had a result. The message is one sentence. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/**
 * Reads the text of an option.
 * @param name The option, such as `--port`.
 * @throws {UsageError} if the text is invalid.
 */
export type Parse<Value> = (given: string, name: string) => Value;

export interface Option {
  type: 'text' | 'flag' | Parse<unknown>;
  /** In the form that a user types. */
  default?: string;
  /** The option can be given several times. Its value is a list. */
  repeated?: true;
  /** The placeholder for the value in the help: `URL`. Default: the option's default. */
  value?: string;
  /** One or more lines. The help indents them. */
  help: string;
}

/** Options by the name that a user types, without the dashes: `cdk-out`. */
export type Options = Readonly<Record<string, Option>>;

type Read<Type> = Type extends 'flag' ? boolean : Type extends Parse<infer Value> ? Value : string;
type ValueOf<Entry extends Option> = Entry extends { repeated: true } ? Read<Entry['type']>[] : Read<Entry['type']>;
type AlwaysThere = { type: 'flag' } | { repeated: true } | { default: string };
type CamelCase<Name> = Name extends `${infer First}-${infer Rest}` ? `${First}${Capitalize<CamelCase<Rest>>}` : Name;

/** The values of the options, by name in camel case: `cdkOut`. */
export type Values<Table extends Options> = {
  [Name in keyof Table as Table[Name] extends AlwaysThere ? CamelCase<Name> : never]: ValueOf<Table[Name]>;
} & {
  [Name in keyof Table as Table[Name] extends AlwaysThere ? never : CamelCase<Name>]?: ValueOf<Table[Name]>;
};

export interface Command<Table extends Options> {
  /** The command line: `npm run explain -- BROADCAST_ID [options]`. */
  usage: string;
  /** The first paragraph of the help. */
  about: string;
  /** The name of the command's one argument, or of each: `broadcast id`. Default: the command has no argument. */
  argument?: string | readonly string[];
  /** The value of the one argument if it is missing. Default: a missing argument is an error. */
  argumentDefault?: string;
  options: Table;
}

/**
 * Makes a parser for the text of an option.
 * @param expected The words of the error: `a whole number from 0 to 9`.
 * @param read Returns `undefined` for an invalid text.
 * @param secret Keeps the text out of the error, because it may be a token.
 */
export const expecting =
  <Value>(expected: string, read: (given: string) => Value | undefined, secret = false): Parse<Value> =>
  (given, name) => {
    const value = read(given);
    if (value !== undefined) return value;
    const got = secret ? `${given.length} characters` : JSON.stringify(given);
    throw new UsageError(`${name}: expected ${expected}, got ${got}.`);
  };

export const wholeNumber = (least: number, most: number): Parse<number> =>
  expecting(`a whole number from ${least} to ${most}`, (given) => {
    const value = Number(given);
    return /^\d+$/.test(given) && value >= least && value <= most ? value : undefined;
  });

/** @param expected The words of the error: `a queue's URL`. */
export const url = (expected: string): Parse<string> =>
  expecting(expected, (given) => (URL.canParse(given) ? given : undefined));

/** Makes a parser for a name and its value. @param pattern Has one group for each. */
export const pair = (pattern: RegExp, expected: string, secret = false): Parse<[name: string, value: string]> =>
  expecting(
    expected,
    (given) => {
      const [, name, value] = pattern.exec(given) ?? [];
      return name !== undefined && value !== undefined ? [name, value] : undefined;
    },
    secret,
  );

/**
 * Runs a command with the arguments of this process. `-h` and `--help` show the help. Otherwise `main` runs, which can
 * set `process.exitCode`.
 *
 * The message of an error goes to stderr. The exit code is 2 for a {@link UsageError}, 130 for {@link Interrupted} and
 * 1 for any other error. `MIDDY_FANOUT_TRACE=1` shows the stack too, for work on the command itself. The command ends
 * with the npm that started it: see {@link exitWithNpm}.
 */
export const runCommand = async <const Table extends Options>(
  command: Command<Table>,
  main: (values: Values<Table>, argument: string, ...more: string[]) => Promise<void>,
): Promise<void> => {
  const args = process.argv.slice(2);
  const shown = { ...command, usage: usageOf(command) };
  const stopWatching = exitWithNpm();
  guardOutput();
  try {
    checkWorkingFolder();
    if (asksForHelp(args)) process.stdout.write(helpOf(shown));
    else await main(...parseCommand(shown, args));
  } catch (error) {
    const { message, stack } = error instanceof Error ? error : new Error(String(error));
    process.stderr.write(`${process.env.MIDDY_FANOUT_TRACE === '1' ? stack : message}\n`);
    process.exitCode = exitCodeOf(error);
  } finally {
    stopWatching();
  }
};

/** The command line for this installation: an installed package has a bin, but no npm scripts of this repository. */
const usageOf = ({ usage }: Command<Options>): string => {
  const [bin = ''] = /^middy-fanout(-\w+)?(?=\.|$)/.exec(basename(process.argv[1] ?? '')) ?? [];
  if (bin === '') return usage;
  const isOfOneCommand = bin !== 'middy-fanout'; // `middy-fanout-load`
  return usage.replace(/^npm run (\S+) --|^middy-fanout (\S+)/, (_match, script, command) =>
    isOfOneCommand ? bin : `${bin} ${script ?? command}`,
  );
};

/** An argument after `--` is text, even if it is `-h`. */
const asksForHelp = (args: readonly string[]): boolean => {
  const end = args.indexOf('--');
  return args.slice(0, end < 0 ? undefined : end).some((arg) => arg === '-h' || arg === '--help');
};

/** Handles errors of stdout and stderr, so that a closed pipe does not end a command with a stack of Node. */
export const guardOutput = (): void => {
  for (const stream of [process.stdout, process.stderr])
    if (!stream.listeners('error').includes(handleOutputError)) stream.on('error', handleOutputError);
};

/** A closed pipe (`| head`) or a closed terminal is not a failure. A full disk is. */
const handleOutputError = ({ code, message }: NodeJS.ErrnoException): void => {
  if (code === 'EPIPE' || code === 'EIO') return;
  if (process.exitCode !== EXIT.failed) process.stderr.write(`The output could not be written: ${message}\n`);
  process.exitCode = EXIT.failed;
};

const checkWorkingFolder = (): void => {
  try {
    process.cwd();
  } catch {
    throw new UsageError('The working folder does not exist any more. Change to another folder');
  }
};

const exitCodeOf = (error: unknown): number => {
  if (error instanceof Interrupted) return EXIT.interrupted;
  return error instanceof UsageError ? EXIT.badInput : EXIT.failed;
};

/** @throws {UsageError} if an option or the argument is invalid. The message has the value and what is expected. */
export const parseCommand = <const Table extends Options>(
  { usage, argument, argumentDefault, options }: Command<Table>,
  args: readonly string[],
): [values: Values<Table>, argument: string, ...more: string[]] => {
  const names = [argument ?? []].flat();
  const { values, positionals } = parseTexts(options, args, names);
  const given = positionals.length === 0 && argumentDefault !== undefined ? [argumentDefault] : positionals;
  const expected = `Expected one ${names.join(' and one ')}`;
  if (given.length !== names.length) throw new UsageError(`${expected}, got ${given.length}: ${usage}`);
  if (positionals.some((text: string) => text === ''))
    throw new UsageError(`${expected}, got an empty string: ${usage}`);
  const read = Object.entries(options).flatMap(([name, { type, default: otherwise, repeated }]) => {
    const texts = values[name] ?? otherwise ?? (type === 'flag' ? false : repeated && []);
    if (texts === undefined) return [];
    const readOne = (text: string | boolean) => readText(type, text, `--${name}`);
    const key = name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
    return [[key, Array.isArray(texts) ? texts.map(readOne) : readOne(texts)]];
  });
  const [first = '', ...more] = given;
  return [Object.fromEntries(read), first, ...more];
};

const readText = (type: Option['type'], given: string | boolean, name: string): unknown => {
  if (typeof type === 'function') return type(String(given), name);
  if (String(given).trim() === '')
    throw new UsageError(`${name}: expected a value, got ${JSON.stringify(given)}. Is a shell variable not set?`);
  return given;
};

const parseTexts = (options: Options, args: readonly string[], names: readonly string[]) => {
  const known = Object.entries(options).map(([name, { type, repeated = false }]) => {
    return [name, { type: type === 'flag' ? ('boolean' as const) : ('string' as const), multiple: repeated }] as const;
  });
  try {
    return parseArgs({
      ...{ args: [...args], options: Object.fromEntries(known), allowPositionals: names.length > 0 },
    });
  } catch (error) {
    throw new UsageError(describeRefusal((error as Error).message, names));
  }
};

/** Node's own message. For a value that begins with a dash, it says how to write the value. */
const describeRefusal = (message: string, names: readonly string[]): string => {
  const [, option] = /^Option '(--\S+)' argument is ambiguous/.exec(message) ?? [];
  if (option !== undefined)
    return `${option}: expected a value. If the value begins with a dash, write ${option}=VALUE`;
  const [problem = message] = message.split(/\.\s/);
  const isText = names.length > 0 && /^Unknown option '-[^-]/.test(problem);
  return `${problem}. --help lists the options${isText ? `. Write "--" before a ${names.join(' or ')} that begins with a dash` : ''}`;
};

/** The text of `--help`. */
export const helpOf = ({ usage, about, options }: Command<Options>): string => {
  const rows = Object.entries(options).map(([name, option]) => {
    const { default: otherwise = '', value = otherwise, repeated, help } = option;
    return [`--${name} ${value}`.trim(), `${help}${repeated ? '; can be repeated' : ''}`] as const;
  });
  const all = [...rows, ['-h, --help', 'show this help'] as const];
  const width = Math.max(...all.map(([left]) => left.length)) + 2;
  const lines = all.map(
    ([left, help]) => `  ${left.padEnd(width)}${help.replaceAll('\n', `\n  ${' '.repeat(width)}`)}`,
  );
  const codes = 'Exit codes: 0 success, 1 failure, 2 invalid option or argument, 130 interrupted.';
  return `${[usage, about, lines.join('\n'), codes].join('\n\n')}\n`;
};
