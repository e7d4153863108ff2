const patterns = new Map<string, RegExp>();

/** Whether a text matches a pattern of IAM: `*` is any run of characters, `?` is one. The whole text must match. */
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
