import { validateOptions } from '@middy/util';

/** The JSON Schema of one option, in the dialect of Middy's packages: `{ type: 'integer', minimum: 1 }`. */
type OptionRule = Readonly<Record<string, unknown>>;

/**
 * Checks options at set-up, as Middy's packages do: a misspelt name or an invalid value fails before the first event.
 * @param name The name of the function with these options. The error starts with it.
 * @throws {TypeError} The message names the option, says what is wrong, and lists all options.
 */
export const checkOptions = (name: string, rules: Readonly<Record<string, OptionRule>>, options: object): void => {
  const names = Object.keys(rules).join(', ');
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    throw new TypeError(`${name}: Expected an object of options (${names})`);
  // Most functions pass no options, and no option is required: skipping the check makes cold starts faster.
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

/** A client of AWS, or a fake. */
export const SERVICE = { type: 'object' } as const;
