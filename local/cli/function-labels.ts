/** The end that the CDK gives to a logical id. */
const LOGICAL_ID_HASH = /[0-9A-F]{8}$/;

/**
 * Names of functions as a person knows them: without the stack's name before and the hash behind, where they can still be
 * told apart.
 */
export const functionLabels = (functionNames: readonly string[]): ReadonlyMap<string, string> => {
  const prefix = commonPrefix(functionNames);
  const short = functionNames.map((name) => name.slice(prefix.length).replace(LOGICAL_ID_HASH, '') || name);
  const isClear = new Set(short).size === short.length;
  return new Map(functionNames.map((name, index) => [name, isClear ? (short[index] as string) : name]));
};

/** Up to the last `-` that all names share. */
const commonPrefix = ([first = '', ...others]: readonly string[]): string => {
  let prefix = first.slice(0, first.lastIndexOf('-') + 1);
  while (prefix && !others.every((name) => name.startsWith(prefix))) {
    prefix = prefix.slice(0, prefix.slice(0, -1).lastIndexOf('-') + 1);
  }
  return prefix;
};
