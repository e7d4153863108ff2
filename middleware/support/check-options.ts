import { validateOptions } from '@middy/util';

/** What one option may be, in the JSON Schema that Middy's packages write: `{ type: 'integer', minimum: 1 }`. */
type OptionRule = Readonly<Record<string, unknown>>;

/**
 * Checks options at set-up, as Middy's own packages do: a misspelt name and a wrong value fail before the first event.
 * @param name Of the function that takes the options: the error begins with it.
 * @throws {TypeError} naming the option, what is wrong and which options there are.
 */
export const checkOptions = (name: string, rules: Readonly<Record<string, OptionRule>>, options: object): void => {
  const names = Object.keys(rules).join(', ');
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    throw new TypeError(`${name}: Expected an object of options (${names})`);
  // No option is required, and most functions give none: a cold start is spared the check.
  if (Object.keys(options).length === 0) return;
  try {
    validateOptions(
      name,
      { type: 'object', properties: rules, additionalProperties: false } as never,
      options as never,
    );
  } catch (error) {
    throw new TypeError(`${name}: ${(error as Error).message}. Its options: ${names}`);
  }
};

/** A client of AWS, or what a test puts in its place. */
export const SERVICE = { type: 'object' } as const;
