import type { Resource } from './open-resource.ts';

/** The least and the most that AWS takes, by property; `ScalingConfig.MaximumConcurrency` is one within another. */
export type Bounds = Readonly<Record<string, readonly [least: number, most: number]>>;

/**
 * Names the numbers that AWS refuses when an application is deployed.
 * @param where What the bounds hold for, where that is not all of the type: ` for a FIFO queue`.
 */
export const checkBounds = (resource: Resource, bounds: Bounds, where = ''): void => {
  for (const [property, [least, most]] of Object.entries(bounds)) {
    const value = valueAt(resource, property);
    const number = Number(value);
    if (value === undefined || (Number.isInteger(number) && number >= least && number <= most)) continue;
    const allowed = least === most ? `${least}` : `a whole number from ${least} to ${most}`;
    resource.problem(`AWS refuses its ${property} of ${value}${where}`, `Make it ${allowed}`);
  }
};

const valueAt = (resource: Resource, property: string): unknown => {
  const [outer = '', inner] = property.split('.');
  return inner === undefined ? resource.number(outer) : resource.record(outer)[inner];
};
