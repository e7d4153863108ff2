import { shortLogicalId } from '../model/short-logical-id.ts';

/**
 * Names of functions as a person knows them: the logical id without the hash behind. Where that is the same for several,
 * each keeps its whole name.
 * @param logicalIds By function name.
 */
export const functionLabels = (logicalIds: Readonly<Record<string, string>>): ReadonlyMap<string, string> => {
  const short = Object.values(logicalIds).map(shortLogicalId);
  return new Map(
    Object.entries(logicalIds).map(([functionName, logicalId]) => {
      const label = shortLogicalId(logicalId);
      return [functionName, short.filter((other) => other === label).length === 1 ? label : functionName];
    }),
  );
};
