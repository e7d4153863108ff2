import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { endWithNpm } from './end-with-npm.ts';

/** How every command ends. */
export const EXIT = { done: 0, failed: 1, badInput: 2, interrupted: 130 } as const;

/** Something that was given cannot be used. The message is one sentence for the person who gave it. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The command was asked to end before it had anything to show. The message is one sentence. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/** Reads a text. @param name What it was given for, such as `--port`. @throws {UsageError} */
export type Parse<Value> = (given: string, name: string) => Value;

export interface Option {
  type: 'text' | 'flag' | Parse<unknown>;
  /** As it would be typed. */
  default?: string;
  /** May be given several times: its value is a list. */
  repeated?: true;
  /** Stands for the value in the help: `URL`. Default: the option's default. */
  value?: string;
  /** Further lines are indented. */
  help: string;
}

/** By name, as it is typed: `cdk-out`. */
export type Options = Readonly<Record<string, Option>>;

type Read<Type> = Type extends 'flag' ? boolean : Type extends Parse<infer Value> ? Value : string;
type ValueOf<Of extends Option> = Of extends { repeated: true } ? Read<Of['type']>[] : Read<Of['type']>;
type AlwaysThere = { type: 'flag' } | { repeated: true } | { default: string };
type CamelCase<Name> = Name extends `${infer First}-${infer Rest}` ? `${First}${Capitalize<CamelCase<Rest>>}` : Name;

/** What options were given, by their names in camel case: `cdkOut`. */
export type Values<Table extends Options> = {
  [Name in keyof Table as Table[Name] extends AlwaysThere ? CamelCase<Name> : never]: ValueOf<Table[Name]>;
} & {
  [Name in keyof Table as Table[Name] extends AlwaysThere ? never : CamelCase<Name>]?: ValueOf<Table[Name]>;
};

export interface Command<Table extends Options> {
  /** How it is typed: `npm run explain -- BROADCAST_ID [options]`. */
  usage: string;
  /** What it does. */
  about: string;
  /** What it takes once beside its options: `broadcast id`. */
  argument?: string;
  /** What the argument is if it is left out. Default: it has to be given. */
  argumentDefault?: string;
  options: Table;
}

/**
 * A kind of text.
 * @param expected For the error: `a whole number from 0 to 9`.
 * @param read Returns `undefined` for a text of another kind.
 * @param secret The error does not show what was given: it may be a token.
 */
export const expecting =
  <Value>(expected: string, read: (given: string) => Value | undefined, secret = false): Parse<Value> =>
  (given, name) => {
    const value = read(given);
    if (value !== undefined) return value;
    const got = secret ? `a text of ${given.length} characters` : JSON.stringify(given);
    throw new UsageError(`${name}: expected ${expected}, got ${got}.`);
  };

export const wholeNumber = (least: number, most: number): Parse<number> =>
  expecting(`a whole number from ${least} to ${most}`, (given) => {
    const value = Number(given);
    return /^\d+$/.test(given) && value >= least && value <= most ? value : undefined;
  });

/** A URL. @param what Such as `a queue's URL`. */
export const url = (what: string): Parse<string> =>
  expecting(what, (given) => (URL.canParse(given) ? given : undefined));

/** A name and its value. @param pattern With a group for each. */
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
 * Runs a command with the arguments of this process: shows its help for `-h` and `--help`, else runs `main`, which may
 * set `process.exitCode`. An error is one sentence on stderr, with exit code 2 for a {@link UsageError}, 130 for
 * {@link Interrupted} and 1 for any other; `MIDDY_FANOUT_TRACE=1` shows its stack to whoever mends the command itself.
 * The command ends with the npm that started it: see {@link endWithNpm}.
 */
export const runCommand = async <const Table extends Options>(
  command: Command<Table>,
  main: (values: Values<Table>, argument: string) => Promise<void>,
): Promise<void> => {
  const args = process.argv.slice(2);
  const typed = { ...command, usage: usageOf(command) };
  const forgetNpm = endWithNpm();
  guardOutput();
  try {
    checkWorkingFolder();
    if (asksForHelp(args)) process.stdout.write(helpOf(typed));
    else await main(...parseCommand(typed, args));
  } catch (error) {
    const { message, stack } = error instanceof Error ? error : new Error(String(error));
    process.stderr.write(`${process.env.MIDDY_FANOUT_TRACE === '1' ? stack : message}\n`);
    process.exitCode = exitCodeOf(error);
  } finally {
    forgetNpm();
  }
};

/** As it is typed here: an installed package has no npm script of ours, but a bin. */
const usageOf = ({ usage }: Command<Options>): string => {
  const [bin = ''] = /^middy-fanout(-\w+)?(?=\.|$)/.exec(basename(process.argv[1] ?? '')) ?? [];
  if (bin === '') return usage;
  const isOfOneCommand = bin !== 'middy-fanout'; // `middy-fanout-load`
  return usage.replace(/^npm run (\S+) --|^middy-fanout (\S+)/, (_typed, script, command) =>
    isOfOneCommand ? bin : `${bin} ${script ?? command}`,
  );
};

/** What comes after `--` is a text, whatever it looks like. */
const asksForHelp = (args: readonly string[]): boolean => {
  const end = args.indexOf('--');
  return args.slice(0, end < 0 ? undefined : end).some((arg) => arg === '-h' || arg === '--help');
};

/** From now on, output that cannot be written ends no command with Node's own words. */
export const guardOutput = (): void => {
  for (const stream of [process.stdout, process.stderr])
    if (!stream.listeners('error').includes(judgeOutput)) stream.on('error', judgeOutput);
};

/** A reader that has enough (`| head`) and a terminal that was closed are no reason to fail; a full disk is. */
const judgeOutput = ({ code, message }: NodeJS.ErrnoException): void => {
  if (code === 'EPIPE' || code === 'EIO') return;
  if (process.exitCode !== EXIT.failed) process.stderr.write(`The output could not be written: ${message}\n`);
  process.exitCode = EXIT.failed;
};

const checkWorkingFolder = (): void => {
  try {
    process.cwd();
  } catch {
    throw new UsageError('The working folder is gone: go to another one first');
  }
};

const exitCodeOf = (error: unknown): number => {
  if (error instanceof Interrupted) return EXIT.interrupted;
  return error instanceof UsageError ? EXIT.badInput : EXIT.failed;
};

/** @throws {UsageError} naming what was given and what is expected. */
export const parseCommand = <const Table extends Options>(
  { usage, argument, argumentDefault, options }: Command<Table>,
  args: readonly string[],
): [values: Values<Table>, argument: string] => {
  const { values, positionals } = parseTexts(options, args, argument);
  const given = positionals.length === 0 && argumentDefault !== undefined ? [argumentDefault] : positionals;
  if (argument !== undefined && given.length !== 1)
    throw new UsageError(`Expected one ${argument}, got ${given.length}: ${usage}`);
  if (given.includes('')) throw new UsageError(`Expected one ${argument}, got an empty text: ${usage}`);
  const read = Object.entries(options).flatMap(([name, { type, default: otherwise, repeated }]) => {
    const texts = values[name] ?? otherwise ?? (type === 'flag' ? false : repeated && []);
    if (texts === undefined) return [];
    const readOne = (one: string | boolean) => readText(type, one, `--${name}`);
    const key = name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
    return [[key, Array.isArray(texts) ? texts.map(readOne) : readOne(texts)]];
  });
  return [Object.fromEntries(read), given[0] ?? ''];
};

const readText = (type: Option['type'], given: string | boolean, name: string): unknown => {
  if (typeof type === 'function') return type(String(given), name);
  if (String(given).trim() === '')
    throw new UsageError(`${name}: expected a text, got ${JSON.stringify(given)}: is a variable of the shell not set?`);
  return given;
};

const parseTexts = (options: Options, args: readonly string[], argument: string | undefined) => {
  const known = Object.entries(options).map(([name, { type, repeated = false }]) => {
    return [name, { type: type === 'flag' ? ('boolean' as const) : ('string' as const), multiple: repeated }] as const;
  });
  try {
    return parseArgs({
      ...{ args: [...args], options: Object.fromEntries(known), allowPositionals: argument !== undefined },
    });
  } catch (error) {
    throw new UsageError(describeRefusal((error as Error).message, argument));
  }
};

/** Node says what is wrong. What to do about a dash is said in our words. */
const describeRefusal = (message: string, argument: string | undefined): string => {
  const [, option] = /^Option '(--\S+)' argument is ambiguous/.exec(message) ?? [];
  if (option !== undefined)
    return `${option}: expected a value. One that begins with a dash is written ${option}=VALUE`;
  const [what = message] = message.split(/\.\s/);
  const isText = argument !== undefined && /^Unknown option '-[^-]/.test(what);
  return `${what}. --help lists the options${isText ? `; a ${argument} that begins with a dash comes after "--"` : ''}`;
};

/** What `--help` shows. */
export const helpOf = ({ usage, about, options }: Command<Options>): string => {
  const rows = Object.entries(options).map(([name, option]) => {
    const { default: otherwise = '', value = otherwise, repeated, help } = option;
    return [`--${name} ${value}`.trim(), `${help}${repeated ? '; may be repeated' : ''}`] as const;
  });
  const all = [...rows, ['-h, --help', 'shows this'] as const];
  const width = Math.max(...all.map(([left]) => left.length)) + 2;
  const lines = all.map(
    ([left, help]) => `  ${left.padEnd(width)}${help.replaceAll('\n', `\n  ${' '.repeat(width)}`)}`,
  );
  const codes = 'Exit codes: 0 done, 1 failed, 2 something given cannot be used, 130 interrupted.';
  return `${[usage, about, lines.join('\n'), codes].join('\n\n')}\n`;
};
