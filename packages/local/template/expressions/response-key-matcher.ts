/**
 * The pattern of an integration response's key, such as `/2\d\d/`; `undefined` for `$default`.
 *
 * @throws {Error} Where the key is neither, or its pattern is no regular expression.
 */
export const responseKeyMatcher = (key: string): RegExp | undefined => {
  if (key === '$default') return undefined;
  if (/^\/.+\/$/.test(key)) return new RegExp(`^(?:${key.slice(1, -1)})$`);
  throw new Error(`the integration response key "${key}" is neither $default nor a pattern such as /200/`);
};
