/**
 * Remembers the result of `compute` for each text, because a broadcast asks for the same ones thousands of times a
 * second.
 * @param maxResults When it holds this many results, it forgets all of them. Default 1000.
 */
export const memoize = <Result>(compute: (text: string) => Result, maxResults = 1_000): ((text: string) => Result) => {
  const results = new Map<string, Result>();
  return (text) => {
    const known = results.get(text);
    if (known !== undefined) return known;
    const result = compute(text);
    if (results.size >= maxResults) results.clear();
    results.set(text, result);
    return result;
  };
};
