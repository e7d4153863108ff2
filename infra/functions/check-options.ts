import { type Duration, Token, Tokenization } from 'aws-cdk-lib';
import { closest } from '../../schemas/validation/schema-faults.ts';

/**
 * Checks an option. Returns one sentence for each fault, or an empty list. TypeScript finds most faults, but not in
 * JavaScript and not in a spread object.
 */
export type Check = (name: string, value: unknown) => readonly string[];

/** @param what The expected value, in words that say what to write. */
export const expected =
  (what: string, isRight: (value: unknown) => boolean): Check =>
  (name, value) =>
    isRight(value) ? [] : [`${name && `${name}: `}expected ${what}, got ${describe(value)}`];

/** Text that is not empty. Its value may be known only to CloudFormation. */
export const text: Check = expected('text', (value) => typeof value === 'string' && value !== '');

/** The part of a string that is known at synth: the string without the values that only CloudFormation knows. */
export const knownPart = (value: string): string =>
  Tokenization.reverseString(value)
    .mapTokens({ mapToken: () => '' })
    .join({ join: (left = '', right = '') => `${left}${right}` }) ?? '';

/** An integer that is known at synth, because other numbers may be derived from it. */
export const integer = (min: number, max = Number.MAX_SAFE_INTEGER): Check =>
  expected(
    `an integer, ${max === Number.MAX_SAFE_INTEGER ? `${min} or more` : `${min} to ${max}`}`,
    (value) => Number.isInteger(value) && Number(value) >= min && Number(value) <= max,
  );

/**
 * A duration that is known at synth. Its bounds are in seconds, and both are allowed.
 * @param bounds.isWhole Refuses fractions of a second. Default false.
 */
export const duration = ({ min, max, isWhole = false }: { min: number; max: number; isWhole?: boolean }): Check =>
  expected(
    `a Duration of ${min} to ${max} ${isWhole ? 'whole ' : ''}seconds, such as Duration.seconds(${min})`,
    (value) => {
      if (!isDuration(value) || value.isUnresolved()) return false;
      const seconds = value.toMilliseconds({ integral: false }) / 1_000;
      return seconds >= min && seconds <= max && Number.isInteger(isWhole ? seconds : seconds * 1_000);
    },
  );

/** Recognizes a `Duration` of any copy of the CDK. `instanceof` recognizes only one copy. */
export const isDuration = (value: unknown): value is Duration =>
  typeof (value as Partial<Duration> | null | undefined)?.toMilliseconds === 'function';

/** Also accepts a value that only CloudFormation knows, for options that no other value depends on. */
export const orToken =
  (check: Check): Check =>
  (name, value) =>
    (isDuration(value) ? value.isUnresolved() : Token.isUnresolved(value)) ? [] : check(name, value);

/** A list, with a check for each of its values. */
export const list =
  (check: Check): Check =>
  (name, value) => {
    if (Array.isArray(value)) return value.flatMap((one, index) => check(`${name}[${index}]`, one));
    const written = typeof value === 'string' ? `, ["${value}"]` : '';
    return [`${name}: expected a list${written}, got ${describe(value)}`];
  };

/** An object with options of these names and no others. An option that is `undefined` counts as absent. */
export const options =
  (checks: Readonly<Record<string, Check>>, what: string, required: readonly string[] = []): Check =>
  (name, value) => {
    if (!isPlainObject(value)) return expected(what, () => false)(name, value);
    return [...new Set([...required, ...Object.keys(value)])].flatMap((option) => {
      const path = name ? `${name}.${option}` : option;
      const check = Object.hasOwn(checks, option) && checks[option];
      if (!check) return [`${path}: there is no such option, ${suggestName(option, Object.keys(checks))}`];
      return value[option] === undefined && !required.includes(option) ? [] : check(path, value[option]);
    });
  };

/** Suggests `stageName` for `stagename` and for `stage`. */
const suggestName = (option: string, names: readonly string[]): string => {
  const longerName = names.find((name) => name.toLowerCase().includes(option.toLowerCase()));
  const suggestion = closest(option, names) ?? longerName;
  return suggestion === undefined ? `only ${names.join(', ')}` : `write ${suggestion}`;
};

/** Our choice, in characters: longer text is hard to read in a terminal. */
const MAX_SHOWN = 200;

/** Recognizes a plain object of any realm. */
export const isPlainObject = (value: unknown): value is Readonly<Record<string, unknown>> => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
};

const KNOWN_LATER = 'a value that only CloudFormation knows';

export const describe = (value: unknown): string => {
  if (isDuration(value)) return value.isUnresolved() ? KNOWN_LATER : value.toHumanString();
  if (typeof value !== 'object' && Token.isUnresolved(value)) {
    const known = typeof value === 'string' ? knownPart(value) : '';
    return `${known && `"${known}" and `}${KNOWN_LATER}`;
  }
  if (typeof value === 'string') return value.length > MAX_SHOWN ? `${value.length} characters` : `"${value}"`;
  if (typeof value === 'function') return 'a function';
  if (typeof value !== 'object' || value === null) return String(value);
  if (value instanceof Promise) return 'a promise';
  if ('topicArn' in value) return 'a topic';
  if (Array.isArray(value)) return 'a list';
  const { name } = value.constructor ?? {};
  return isPlainObject(value) || !name || name === 'Object' ? 'an object' : `an object of the class ${name}`;
};
