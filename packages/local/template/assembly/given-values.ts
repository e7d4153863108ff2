/**
 * The values that a deployment would find in an account, and that the developer gives to the run. The start lists the
 * names of missing values: `{{resolve:ssm:/my/param}}`, `UserPool`, `UserPool.Arn`, `Chat/UserPool`, a template
 * parameter, an export.
 */
export interface GivenValues {
  /** The value of the first of these names that was given. */
  find(...names: readonly string[]): string | undefined;
  /**
   * Replaces, in the strings of a value, what a deployment or a lookup would replace.
   * @param report Called with each text that has no value. The text then stays as it is.
   */
  fill(value: unknown, report: (text: string) => void): unknown;
  /** The names whose value was not used so far. */
  unused(): readonly string[];
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html */
const DYNAMIC_REFERENCE = String.raw`\{\{resolve:[^{}]+\}\}`;

/** @param dummies The strings that the CDK put in place of values that it could not look up. */
export const givenValues = (
  values: Readonly<Record<string, string>> = {},
  dummies: readonly string[] = [],
): GivenValues => {
  const used = new Set<string>();
  // The longest first: one dummy may be the start of another.
  const longestFirst = [...dummies].sort((one, other) => other.length - one.length);
  const pattern = new RegExp(
    [DYNAMIC_REFERENCE, ...longestFirst.map((dummy) => dummy.replace(/\W/g, '\\$&'))].join('|'),
    'g',
  );
  const find = (...names: readonly string[]): string | undefined => {
    const name = names.find((one) => Object.hasOwn(values, one));
    if (name === undefined) return undefined;
    used.add(name);
    return values[name];
  };
  const fill = (value: unknown, report: (text: string) => void): unknown => {
    if (typeof value === 'string') {
      return value.replace(pattern, (text) => {
        const given = find(text);
        if (given === undefined) report(text);
        return given ?? text;
      });
    }
    if (Array.isArray(value)) return value.map((item) => fill(item, report));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, fill(inner, report)]));
  };
  return { find, fill, unused: () => Object.keys(values).filter((name) => !used.has(name)) };
};
