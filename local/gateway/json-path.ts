/** Names and indexes from the top of a JSON value down to a part of it. */
export type JsonPath = readonly string[];

const STEP = /\.([^.[\]\s'"]+)|\[(?:(\d+)|'([^']*)'|"([^"]*)")\]/y;

/** Reads `.service.do`, `['a b'][0]`, or nothing for the whole value. `undefined` where it is none of these. */
export const parseJsonPath = (path: string): JsonPath | undefined => {
  const steps: string[] = [];
  for (let at = 0; at < path.length; at = STEP.lastIndex) {
    STEP.lastIndex = at;
    const step = STEP.exec(path)
      ?.slice(1)
      .find((name) => name !== undefined);
    if (step === undefined) return undefined;
    steps.push(step);
  }
  return steps;
};

/** The part at a path, or `undefined`. Only own properties count: the value came from a client. */
export const findAt = (value: unknown, path: JsonPath): unknown => {
  let found = value;
  for (const step of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, step)) return undefined;
    found = (found as Record<string, unknown>)[step];
  }
  return found;
};
