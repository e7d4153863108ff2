import type { Resource } from './open-resource.ts';

/** Names the properties of a resource that the run would ignore. One that is empty asks for nothing. */
export const refuseProperties = (
  resource: Resource,
  properties: readonly string[],
  remedy = 'Do without it in what is run here',
): void => {
  for (const property of properties) {
    const value = resource.property(property);
    if (value === undefined || (typeof value === 'object' && Object.keys(value ?? {}).length === 0)) continue;
    resource.problem(`its ${property} is not imitated`, remedy);
  }
};
