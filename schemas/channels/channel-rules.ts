import { closest } from '../validation/schema-faults.ts';
import { isChannelName, USER_PREFIX } from './channel-name.ts';

/** Our choice: bounds of a history, in seconds: a minute to a week. */
export const HISTORY_SECONDS = { min: 60, max: 604_800 };
/** Our choice: life of an ephemeral message, in milliseconds. */
export const EPHEMERAL_LIFE_MS = 5_000;
/** Our choice: most channels of a connection beside its user's. */
export const MAX_CHANNELS = 50;

/** How the framework treats the channels of one pattern. The fan-out reads it from its environment. */
export interface ChannelRule {
  /** Messages are numbered and kept for this long, in seconds. Default: not numbered, not kept. */
  readonly history?: { readonly seconds: number };
  /** The channel tells who is here. Needs `history`. Default false. */
  readonly presence?: boolean;
  /** A message expires after 5 seconds. Not together with `history`. Default false. */
  readonly ephemeral?: boolean;
}

/** The rules by pattern, for example `{ 'room:{room}': { history: { seconds: 3600 } } }`. */
export type ChannelRules = Readonly<Record<string, ChannelRule>>;

/** A pattern that matches the name of a channel, and the values of its parameters. */
export interface ChannelMatch<Rule extends ChannelRule = ChannelRule> {
  readonly pattern: string;
  readonly rule: Rule;
  readonly params: Readonly<Record<string, string>>;
}

/**
 * Finds the rule of a channel.
 * @returns `undefined` if no pattern matches. The channel of a user always has a rule: without a pattern it has no
 * history.
 */
export const findRule = <Rule extends ChannelRule>(
  rules: Readonly<Record<string, Rule>>,
  channel: string,
): ChannelMatch<Rule> | undefined => {
  if (!isChannelName(channel)) return undefined;
  const parts = channel.split(':');
  for (const [pattern, rule] of Object.entries(rules)) {
    const params = matchParts(pattern.split(':'), parts);
    if (params) return { pattern, rule, params };
  }
  if (!isUserChannel(channel)) return undefined;
  return { pattern: USER_PATTERN, rule: {} as Rule, params: { user: parts[1] as string } };
};

/** The only pattern that may begin with `user:`. */
export const USER_PATTERN = `${USER_PREFIX}{user}`;

export const isUserChannel = (channel: string): boolean => /^user:[^:]+$/.test(channel);

const PARAMETER = /^\{([A-Za-z][A-Za-z0-9]*)\}$/;

const matchParts = (pattern: readonly string[], name: readonly string[]): Record<string, string> | undefined => {
  if (pattern.length !== name.length) return undefined;
  const params: Record<string, string> = Object.create(null);
  for (const [index, part] of pattern.entries()) {
    const value = name[index] as string;
    const parameter = PARAMETER.exec(part)?.[1];
    if (parameter !== undefined && value !== '') params[parameter] = value;
    else if (part !== value) return undefined;
  }
  return params;
};

const RULE_NAMES = ['history', 'presence', 'ephemeral'];

/**
 * Checks patterns and their rules.
 * @param more Names of properties that a definition may have beside its rule.
 * @throws {TypeError} that names the pattern, what is wrong and what to write.
 */
export const checkRules = (rules: unknown, more: readonly string[] = []): void => {
  if (typeof rules !== 'object' || rules === null || Array.isArray(rules))
    throw new TypeError("Expected channels by pattern, such as { 'room:{room}': { … } }");
  const patterns = Object.keys(rules);
  for (const [index, pattern] of patterns.entries()) {
    checkPattern(pattern);
    checkRule(pattern, (rules as Record<string, unknown>)[pattern], [...RULE_NAMES, ...more]);
    const twin = patterns.slice(0, index).find((other) => overlap(other, pattern));
    if (twin !== undefined)
      throw new TypeError(
        `The channels '${twin}' and '${pattern}' match the same names, such as ${exampleOf(twin, pattern)}: rename one`,
      );
  }
};

const checkPattern = (pattern: string): void => {
  const parts = pattern.split(':');
  const names = parts.flatMap((part) => PARAMETER.exec(part)?.[1] ?? []);
  if (!parts.every((part) => PARAMETER.test(part) || /^[A-Za-z0-9_.%-]+$/.test(part)) || pattern.length > 128)
    throw new TypeError(
      `'${pattern}' is not a pattern of channels: write 1 to 128 characters in parts with ":" between them, such as 'room:{room}'. A part has A-Z a-z 0-9 _ . - %, or is a parameter in braces`,
    );
  if (new Set(names).size < names.length)
    throw new TypeError(`The channel '${pattern}' names a parameter twice: rename one`);
  if (PARAMETER.test(parts[0] as string))
    throw new TypeError(`The channel '${pattern}' begins with a parameter: begin with a fixed part, such as 'room:'`);
  if (parts[0] === 'user' && pattern !== USER_PATTERN)
    throw new TypeError(
      `The channel '${pattern}' begins with 'user:', which belongs to the connections of a user: rename it, or write '${USER_PATTERN}'`,
    );
};

const checkRule = (pattern: string, rule: unknown, names: readonly string[]): void => {
  const channel = `The channel '${pattern}'`;
  if (typeof rule !== 'object' || rule === null || Array.isArray(rule))
    throw new TypeError(`${channel} needs an object of options`);
  for (const name of Object.keys(rule)) {
    if (!names.includes(name))
      throw new TypeError(
        `${channel} has no option '${name}': ${closest(name, names) ? `write ${closest(name, names)}` : `only ${names.join(', ')}`}`,
      );
  }
  const { history, presence, ephemeral } = rule as ChannelRule;
  for (const [name, value] of Object.entries({ presence, ephemeral })) {
    if (value !== undefined && typeof value !== 'boolean') throw new TypeError(`${channel}: write ${name}: true`);
  }
  if (history !== undefined) {
    const { seconds, ...others } = Object(history) as { seconds?: unknown };
    const { min, max } = HISTORY_SECONDS;
    if (!Number.isInteger(seconds) || Number(seconds) < min || Number(seconds) > max || Object.keys(others).length > 0)
      throw new TypeError(`${channel}: write history: { seconds: ${min} to ${max} }`);
  }
  if (presence && !history)
    throw new TypeError(`${channel} has presence without history: add history: { seconds: 3_600 }`);
  if (ephemeral && history) throw new TypeError(`${channel} is ephemeral and has a history: remove one of the two`);
};

const overlap = (a: string, b: string): boolean => {
  const [as, bs] = [a.split(':'), b.split(':')];
  if (as.length !== bs.length) return false;
  return as.every((part, index) => {
    const other = bs[index] as string;
    return part === other || PARAMETER.test(part) || PARAMETER.test(other);
  });
};

const exampleOf = (a: string, b: string): string => {
  const bs = b.split(':');
  const part = (text: string, other: string) => (PARAMETER.test(text) ? (PARAMETER.test(other) ? '1' : other) : text);
  return a
    .split(':')
    .map((text, index) => part(text, bs[index] as string))
    .join(':');
};
