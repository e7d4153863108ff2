/** Steps from the top of a JSON value down to a part of it: names of an object's properties, indexes of an array. */
export type JsonPath = readonly (string | number)[];

const STEP = /\.([\p{L}\p{N}_-]+)|\[(?:(0|[1-9]\d*)|'([^'\\]+)'|"([^"\\]+)")\]/uy;

/**
 * Reads `.service.do`, `['a b'][0]`, or nothing for the whole value. `undefined` for all else of JSONPath: `..`, `*`,
 * negative indexes, slices, filters, functions, and names with other characters that are not in brackets and quotes.
 *
 * @see https://goessner.net/articles/JsonPath/
 */
export const parseJsonPath = (path: string): JsonPath | undefined => {
  const steps: (string | number)[] = [];
  for (let at = 0; at < path.length; at = STEP.lastIndex) {
    STEP.lastIndex = at;
    const step = STEP.exec(path);
    if (!step) return undefined;
    const [, name, index, single, double] = step;
    steps.push(index === undefined ? ((name ?? single ?? double) as string) : Number(index));
  }
  return steps;
};

/** The part at a path, or `undefined`. Only own properties count, and no `length` of an array: the value came from a client. */
export const findAt = (value: unknown, path: JsonPath): unknown => {
  let found = value;
  for (const step of path) {
    if (typeof found !== 'object' || found === null) return undefined;
    if (Array.isArray(found) !== (typeof step === 'number') || !Object.hasOwn(found, step)) return undefined;
    found = (found as Record<string | number, unknown>)[step];
  }
  return found;
};

/** The value of a JSON text, in an object because `null` is one; `undefined` where the text is not JSON. */
export const parseJson = (text: string): { value: unknown } | undefined => {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
};

/** A JSON value as Java writes it, which is what AWS's selection expressions and templates show: `[a, b]`, `{key=value}`. */
export const javaText = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(javaText).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  const entries = Object.entries(value).map(([key, entry]) => `${key}=${javaText(entry)}`);
  return `{${entries.join(', ')}}`;
};
