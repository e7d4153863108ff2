import { type Duration, Token, Tokenization } from 'aws-cdk-lib';
import { closest } from '../../schemas/schema-faults.ts';

/**
 * Says what is wrong with an option: nothing, or one sentence for each fault. TypeScript finds most of them; JavaScript
 * and a spread object pass it by.
 */
export type Check = (name: string, value: unknown) => readonly string[];

/** @param what It is expected to be: what to write. */
export const expected =
  (what: string, isRight: (value: unknown) => boolean): Check =>
  (name, value) =>
    isRight(value) ? [] : [`${name && `${name}: `}expected ${what}, got ${describe(value)}`];

/** Text that is not empty. CloudFormation may be the first to know it. */
export const text: Check = expected('text', (value) => typeof value === 'string' && value !== '');

/** What is known of a text at synth: all of it, or what stands around that which only CloudFormation knows. */
export const knownPart = (value: string): string =>
  Tokenization.reverseString(value)
    .mapTokens({ mapToken: () => '' })
    .join({ join: (left = '', right = '') => `${left}${right}` }) ?? '';

/** Of what is known at synth: other numbers may be derived from it. */
export const integer = (min: number, max = Number.MAX_SAFE_INTEGER): Check =>
  expected(
    `an integer, ${max === Number.MAX_SAFE_INTEGER ? `${min} or more` : `${min} to ${max}`}`,
    (value) => Number.isInteger(value) && Number(value) >= min && Number(value) <= max,
  );

/**
 * A duration, in seconds and both bounds included.
 * @param bounds.isWhole Refuses parts of a second. Default false.
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

/** Of this copy of the CDK or another, which `instanceof` would not find. */
export const isDuration = (value: unknown): value is Duration =>
  typeof (value as Partial<Duration> | null | undefined)?.toMilliseconds === 'function';

/** For what nothing is derived from: CloudFormation may be the first to know it. */
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

/** An object of options that have these names and no others. What is `undefined` is left out, unless it is required. */
export const options =
  (checks: Readonly<Record<string, Check>>, what: string, required: readonly string[] = []): Check =>
  (name, value) => {
    if (!isPlainObject(value)) return expected(what, () => false)(name, value);
    return [...new Set([...required, ...Object.keys(value)])].flatMap((option) => {
      const path = name ? `${name}.${option}` : option;
      const check = Object.hasOwn(checks, option) && checks[option];
      if (!check) return [`${path}: there is no such option, ${instead(option, Object.keys(checks))}`];
      return value[option] === undefined && !required.includes(option) ? [] : check(path, value[option]);
    });
  };

/** `stagename` and `stage` mean `stageName`. */
const instead = (option: string, names: readonly string[]): string => {
  const within = names.find((name) => name.toLowerCase().includes(option.toLowerCase()));
  const meant = closest(option, names) ?? within;
  return meant === undefined ? `only ${names.join(', ')}` : `write ${meant}`;
};

/** Ours, in characters: longer text is not read in a terminal. */
const MAX_SHOWN = 200;

/** Of this realm or another. */
export const isPlainObject = (value: unknown): value is Readonly<Record<string, unknown>> => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
};

const LATER = 'what only CloudFormation knows';

export const describe = (value: unknown): string => {
  if (isDuration(value)) return value.isUnresolved() ? LATER : value.toHumanString();
  if (typeof value !== 'object' && Token.isUnresolved(value)) {
    const known = typeof value === 'string' ? knownPart(value) : '';
    return `${known && `"${known}" and `}${LATER}`;
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
