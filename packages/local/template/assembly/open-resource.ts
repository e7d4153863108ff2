import type { Problem } from './problem.ts';

export interface ResourceParts {
  /** Of all stacks: `ChatStack/Uploads`. */
  id: string;
  logicalId: string;
  type: string;
  /** What `Ref` gives. */
  ref: string;
  /** What `Fn::GetAtt` gives for `Arn`; empty where the type has none. */
  arn: string;
  /** A property, resolved; `undefined` where it is absent or, with a problem reported, where it cannot be known. */
  property(name: string): unknown;
  /** Says that the resource cannot be run as it is. */
  problem(what: string, remedy: string): void;
  /** Ids of what the properties that were read so far refer to. */
  readonly refersTo: ReadonlySet<string>;
  /** All that was said so far. */
  readonly problems: readonly Problem[];
}

/**
 * A resource whose properties are read as what they must be. CloudFormation takes `"30"` for a number and `"true"` for a
 * flag, so these do too. A property of another kind is a problem and reads as absent.
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
