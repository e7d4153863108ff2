/** The steps from a JSON value to a part of it: property names and array indexes. */
export type JsonPath = readonly (string | number)[];

const STEP = /\.([\p{L}\p{N}_-]+)|\[(?:(0|[1-9]\d*)|'([^'\\]+)'|"([^"\\]+)")\]/uy;

/**
 * Reads a path such as `.service.do` or `['a b'][0]`. An empty path is the whole value. Returns `undefined` for the
 * rest of JSONPath: `..`, `*`, negative indexes, slices, filters, functions, and names with other characters outside of
 * brackets and quotes.
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

/** The part at a path, or `undefined`. Reads only own properties and no `length`, because the value is a client's. */
export const findAt = (value: unknown, path: JsonPath): unknown => {
  let part = value;
  for (const step of path) {
    if (typeof part !== 'object' || part === null) return undefined;
    if (Array.isArray(part) !== (typeof step === 'number') || !Object.hasOwn(part, step)) return undefined;
    part = (part as Record<string | number, unknown>)[step];
  }
  return part;
};

/** The value of a JSON text, in an object because it may be `null`. `undefined` if the text is not JSON. */
export const parseJson = (text: string): { value: unknown } | undefined => {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
};

/** A JSON value as Java writes it: `[a, b]`, `{key=value}`. AWS's selection expressions and templates write it so. */
export const javaText = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(javaText).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  const entries = Object.entries(value).map(([key, entry]) => `${key}=${javaText(entry)}`);
  return `{${entries.join(', ')}}`;
};
