import type { Resource } from '../assembly/open-resource.ts';

/** One line for all that is not run and that nothing leads to: several of a type by their number, one by its name. */
export const describeLeftOut = (resources: readonly Resource[]): readonly string[] => {
  if (resources.length === 0) return [];
  const byType = Map.groupBy(resources, ({ type }) => type);
  const parts = [...byType].map(([type, [first, ...others]]) =>
    others.length === 0 ? `${type} ${first?.logicalId}` : `${type} (${others.length + 1})`,
  );
  return [`not run here: ${parts.join(', ')} (nothing that runs here needs ${resources.length === 1 ? 'it' : 'them'})`];
};
