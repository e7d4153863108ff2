import type { Problem } from './problem.ts';

/**
 * Ids of resources, each with the names by which they are referred to: `Chat/UserPool` to `UserPool`, `UserPool.Arn`.
 */
export type RefersTo = ReadonlyMap<string, ReadonlySet<string>>;

export interface ResourceParts {
  /** Unique in all stacks: `ChatStack/Uploads`. */
  id: string;
  logicalId: string;
  type: string;
  /** The value of `Ref`. */
  ref: string;
  /** The value of `Fn::GetAtt` for `Arn`; empty if the type has no ARN. */
  arn: string;
  /**
   * A resolved property. `undefined` if it is absent, or if its value is unknown here, which is reported as a problem.
   */
  property(name: string): unknown;
  /** Reports that the resource cannot run as it is. */
  problem(what: string, remedy: string): void;
  /** Ids of the resources that the properties read so far refer to, with the names in use: `UserPool.Arn`. */
  readonly refersTo: RefersTo;
  /** The problems reported so far. */
  readonly problems: readonly Problem[];
}

/**
 * A resource with typed access to its properties. Like CloudFormation, it takes `"30"` for a number and `"true"` for a
 * flag. A property of another type is reported as a problem and read as absent.
 */
export interface Resource extends ResourceParts {
  text(property: string): string | undefined;
  number(property: string): number | undefined;
  flag(property: string): boolean | undefined;
  list(property: string): readonly unknown[];
  record(property: string): Readonly<Record<string, unknown>>;
}

const asText = (value: unknown): string | undefined =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
const asNumber = (value: unknown): number | undefined =>
  (typeof value === 'string' && value.trim() !== '') || typeof value === 'number'
    ? [Number(value)].find(Number.isFinite)
    : undefined;
const asFlag = (value: unknown): boolean | undefined =>
  ['true', 'false'].includes(String(value)) ? String(value) === 'true' : undefined;
const asList = (value: unknown): readonly unknown[] | undefined => (Array.isArray(value) ? value : undefined);
const asRecord = (value: unknown): Readonly<Record<string, unknown>> | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;

export const openResource = (parts: ResourceParts): Resource => {
  const read = <T>(property: string, as: (value: unknown) => T | undefined, kind: string): T | undefined => {
    const value = parts.property(property);
    if (value === undefined) return undefined;
    const known = as(value);
    if (known === undefined) parts.problem(`its ${property} is ${JSON.stringify(value)}`, `Make it ${kind}`);
    return known;
  };
  return {
    ...parts,
    text: (property) => read(property, asText, 'a text'),
    number: (property) => read(property, asNumber, 'a number'),
    flag: (property) => read(property, asFlag, 'true or false'),
    list: (property) => read(property, asList, 'a list') ?? [],
    record: (property) => read(property, asRecord, 'an object') ?? {},
  };
};

export const ofType = (resources: readonly Resource[], type: string): readonly Resource[] =>
  resources.filter((resource) => resource.type === type);

/**
 * The smallest and largest value that AWS accepts, by property. `ScalingConfig.MaximumConcurrency` is a nested
 * property.
 */
export type Bounds = Readonly<Record<string, readonly [least: number, most: number]>>;

/**
 * Reports the numbers that AWS refuses at deployment.
 * @param scope The resources that the bounds apply to, if not every one of the type: ` for a FIFO queue`.
 */
export const checkBounds = (resource: Resource, bounds: Bounds, scope = ''): void => {
  for (const [property, [least, most]] of Object.entries(bounds)) {
    const value = valueAt(resource, property);
    const number = Number(value);
    if (value === undefined || (Number.isInteger(number) && number >= least && number <= most)) continue;
    const allowed = least === most ? `${least}` : `a whole number from ${least} to ${most}`;
    resource.problem(`AWS refuses its ${property} of ${value}${scope}`, `Make it ${allowed}`);
  }
};

const valueAt = (resource: Resource, property: string): unknown => {
  const [outer = '', inner] = property.split('.');
  return inner === undefined ? resource.number(outer) : resource.record(outer)[inner];
};

/** Reports the given properties as not supported. An empty property has no effect and is accepted. */
export const refuseProperties = (
  resource: Resource,
  properties: readonly string[],
  remedy = 'Leave it out in the local run',
): void => {
  for (const property of properties) {
    const value = resource.property(property);
    if (value === undefined || (typeof value === 'object' && Object.keys(value ?? {}).length === 0)) continue;
    resource.problem(`its ${property} is not supported here`, remedy);
  }
};
