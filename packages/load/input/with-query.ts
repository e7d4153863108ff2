/** A URL with more in its query string, encoded. */
export const withQuery = (url: string, query: readonly (readonly [name: string, value: string])[]): string => {
  const whole = new URL(url);
  for (const [name, value] of query) whole.searchParams.append(name, value);
  whole.hash = '';
  return whole.href;
};
