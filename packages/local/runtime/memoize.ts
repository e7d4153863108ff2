/** The same computation, done once for each text: a broadcast asks the same thousands of times a second. Of more than `most` texts all are forgotten. */
export const memoize = <Result>(compute: (text: string) => Result, most = 1_000): ((text: string) => Result) => {
  const results = new Map<string, Result>();
  return (text) => {
    const known = results.get(text);
    if (known !== undefined) return known;
    const result = compute(text);
    if (results.size >= most) results.clear();
    results.set(text, result);
    return result;
  };
};
