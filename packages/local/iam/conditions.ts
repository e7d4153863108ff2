/** The values of a request that conditions read, by lower-case key. Other keys are absent from the request. */
export type ConditionContext = Readonly<Record<string, string>>;
export type Conditions = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** Condition keys that requests here have. They are in lower case, because IAM compares keys without case. */
const CARRIED_KEYS = [
  'aws:securetransport',
  'aws:principalarn',
  'aws:principalaccount',
  'aws:requestedregion',
  'aws:resourceaccount',
  'aws:principaltype',
  'aws:principalisawsservice',
  'aws:viaawsservice',
];
/** Condition keys that a direct call by a function never has. */
const ABSENT_KEYS = [
  'aws:sourcearn',
  'aws:sourceaccount',
  'aws:sourceorgid',
  'aws:calledvia',
  'aws:multifactorauthpresent',
];
const KNOWN_KEYS = new Set([...CARRIED_KEYS, ...ABSENT_KEYS]);

const patterns = new Map<string, RegExp>();

/** Whether the whole text matches an IAM pattern: `*` is any number of characters, `?` is one. */
export const matchesPattern = (pattern: string, text: string): boolean => {
  if (pattern === '*') return true;
  let expression = patterns.get(pattern);
  if (!expression) {
    const source = pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.');
    expression = new RegExp(`^${source}$`, 's');
    patterns.set(pattern, expression);
  }
  return expression.test(text);
};

const equalsIgnoringCase = (expected: string, given: string): boolean => expected.toLowerCase() === given.toLowerCase();
const equals = (expected: string, given: string): boolean => expected === given;

/** Positive operators. {@link NEGATED} has their negations. */
const OPERATORS: Readonly<Record<string, (expected: string, given: string) => boolean>> = {
  StringEquals: equals,
  StringEqualsIgnoreCase: equalsIgnoringCase,
  StringLike: matchesPattern,
  ArnEquals: matchesPattern,
  ArnLike: matchesPattern,
  Bool: equalsIgnoringCase,
};
const NEGATED: Readonly<Record<string, string>> = {
  StringNotEquals: 'StringEquals',
  StringNotEqualsIgnoreCase: 'StringEqualsIgnoreCase',
  StringNotLike: 'StringLike',
  ArnNotEquals: 'ArnEquals',
  ArnNotLike: 'ArnLike',
};

const IF_EXISTS = 'IfExists';
const values = (expected: unknown): string[] => [expected].flat().map(String);

/**
 * Whether all conditions of a statement hold, as IAM evaluates them: every operator and every key must hold, and one of
 * the values is enough. An absent key fails a positive operator, and passes a negated operator and `…IfExists`.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
export const conditionsHold = (conditions: Conditions, context: ConditionContext): boolean =>
  Object.entries(conditions).every(([operator, keys]) =>
    Object.entries(keys).every(([key, expected]) => holds(operator, values(expected), context[key.toLowerCase()])),
  );

const holds = (operator: string, expected: readonly string[], given: string | undefined): boolean => {
  if (operator === 'Null') return expected.includes(String(given === undefined));
  const ifExists = operator.endsWith(IF_EXISTS);
  const name = ifExists ? operator.slice(0, -IF_EXISTS.length) : operator;
  const negated = NEGATED[name];
  if (given === undefined) return ifExists || negated !== undefined;
  const matches = OPERATORS[negated ?? name];
  if (!matches) return false;
  return expected.some((value) => matches(value, given)) === (negated === undefined);
};

/**
 * Lists the operators and keys of conditions that are not supported here. The run could only guess whether they hold.
 */
export const unknownConditions = (conditions: Conditions): readonly string[] =>
  Object.entries(conditions).flatMap(([operator, keys]) => {
    const name = operator.endsWith(IF_EXISTS) ? operator.slice(0, -IF_EXISTS.length) : operator;
    const isKnown = name === 'Null' || Object.hasOwn(OPERATORS, name) || Object.hasOwn(NEGATED, name);
    const unknownKeys = Object.keys(keys).filter((key) => !KNOWN_KEYS.has(key.toLowerCase()));
    return [...(isKnown ? [] : [operator]), ...unknownKeys];
  });
