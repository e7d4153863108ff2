/** The end that the CDK gives to a logical id. */
const LOGICAL_ID_HASH = /(?<=.)[0-9A-F]{8}$/;

/**
 * Names of functions as a person knows them: the logical id without the hash behind. Where that is the same for several,
 * each keeps its whole name.
 * @param logicalIds By function name.
 */
export const functionLabels = (logicalIds: Readonly<Record<string, string>>): ReadonlyMap<string, string> => {
  const short = Object.values(logicalIds).map(withoutHash);
  return new Map(
    Object.entries(logicalIds).map(([functionName, logicalId]) => {
      const label = withoutHash(logicalId);
      return [functionName, short.filter((other) => other === label).length === 1 ? label : functionName];
    }),
  );
};

const withoutHash = (logicalId: string): string => logicalId.replace(LOGICAL_ID_HASH, '');
