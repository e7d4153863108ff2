import type { ErrorObject } from 'ajv';
import type { ValidationRules } from 'ajv/dist/compile/rules.js';
import { fullFormats } from 'ajv-formats/dist/formats.js';

type Schema = Readonly<Record<string, unknown>>;

/** A schema, or a part of it that is itself a schema. */
interface Place {
  schema: Schema;
  /** A JSON pointer: `#/properties/name`. */
  path: string;
  /** Whether no other part of the schema checks the same value. */
  alone: boolean;
}

interface Draft {
  name: string;
  rules: ValidationRules;
}

/** Keywords that only describe, in every draft. The last four belong to OpenAPI. */
const ANNOTATIONS = new Set([
  ...['$comment', 'title', 'description', 'default', 'deprecated', 'readOnly', 'writeOnly', 'examples'],
  ...['contentEncoding', 'contentMediaType', 'contentSchema'],
  ...['discriminator', 'example', 'externalDocs', 'xml'],
]);

/**
 * Keywords that hold schemas for the same value. The next two lists are keywords for parts of the value, and for other
 * values.
 */
const SAME_VALUE = ['allOf', 'anyOf', 'oneOf', 'not', 'if', 'then', 'else', 'dependencies', 'dependentSchemas'];
const PARTS = [
  ...['items', 'additionalItems', 'prefixItems', 'unevaluatedItems', 'contains'],
  ...['properties', 'patternProperties', 'additionalProperties', 'unevaluatedProperties'],
];
const OTHER_VALUES = ['propertyNames', '$defs', 'definitions'];
const HOLD_SCHEMAS = new Set([...SAME_VALUE, ...PARTS, ...OTHER_VALUES]);
const BY_NAME = new Set([
  'properties',
  'patternProperties',
  '$defs',
  'definitions',
  'dependencies',
  'dependentSchemas',
]);

const REFERENCES = ['$ref', '$dynamicRef', '$recursiveRef'];
const COMBINING = [...SAME_VALUE, ...REFERENCES];

/** A keyword, and a list of keywords. It needs at least one of the list. Otherwise it checks nothing. */
const NEEDS = new Map([
  ['if', ['then', 'else']],
  ['then', ['if']],
  ['else', ['if']],
  ['minContains', ['contains']],
  ['maxContains', ['contains']],
  ['nullable', ['type']],
]);

/** A keyword of another draft, and its replacement. */
const REPLACEMENTS = new Map([
  ['id', '"$id"'],
  ['$id', '"id"'],
  ['$anchor', 'the path of the part, such as "#/definitions/name"'],
  ['additionalItems', '"items" beside "prefixItems"'],
  ['prefixItems', '"items" with the list'],
  ['dependentRequired', '"dependencies"'],
  ['dependentSchemas', '"dependencies"'],
  ['divisibleBy', '"multipleOf"'],
  ['disallow', '"not"'],
  ['extends', '"allOf"'],
]);

/**
 * Finds the first mistake in a schema that its metaschema accepts: a keyword that would never be checked or never hold,
 * or a case that Ajv checks wrongly.
 */
export const findFault = (schema: unknown, draft: Draft): string | undefined => {
  const places = [...placesIn(schema)];
  for (const place of places) {
    for (const keyword of Object.keys(place.schema)) {
      const fault = keywordFault(keyword, place, draft) ?? ajvFault(keyword, place.schema[keyword], places);
      if (fault) return `${childPath(place.path, keyword)}: ${fault}`;
    }
    const fault = openTypeFault(place, draft);
    if (fault) return `${place.path}: ${fault}`;
  }
  return undefined;
};

/**
 * Finds the first value that JSON does not have, and that Ajv fails on without a path: a circle, a BigInt, a function,
 * a symbol, or an item of a list that is `undefined`.
 * @param ancestors The objects that contain the value, each with its path.
 */
export const jsonFault = (
  value: unknown,
  path = '#',
  ancestors: ReadonlyMap<unknown, string> = new Map(),
): string | undefined => {
  if (typeof value === 'bigint') return `${path}: it is a BigInt, which JSON does not have. Write a number`;
  if (typeof value === 'function' || typeof value === 'symbol')
    return `${path}: it is a ${typeof value}, which JSON does not have. Leave it out`;
  if (typeof value !== 'object' || value === null) return undefined;
  const containerPath = ancestors.get(value);
  if (containerPath !== undefined)
    return `${path}: it is the same object as "${containerPath}", which contains it. Write {"$ref": "${containerPath}"}, or leave it out`;
  const below = new Map(ancestors).set(value, path);
  const parts: [string, unknown][] = Array.isArray(value)
    ? Array.from(value, (item, index) => [String(index), item])
    : Object.entries(value);
  for (const [name, part] of parts) {
    if (part === undefined && Array.isArray(value))
      return `${path}/${name}: it is undefined. Define it, or leave it out`;
    const fault = jsonFault(part, childPath(path, name), below);
    if (fault) return fault;
  }
  return undefined;
};

/** Describes the error of a metaschema in a sentence. */
export const metaschemaFault = (errors: readonly ErrorObject[]): string => {
  // The deepest error: the others only say that a part of them is wrong.
  const [error] = errors.toSorted((a, b) => b.instancePath.length - a.instancePath.length);
  const { instancePath = '', message = 'is invalid', params } = error ?? {};
  const allowed = params?.allowedValues ? `: ${params.allowedValues.join(', ')}` : '';
  return `#${instancePath}: it ${message.replaceAll(',', ' or ')}${allowed}${remedyOf(instancePath, params?.type)}`;
};

const remedyOf = (path: string, type: unknown): string => {
  const keyword = path.slice(path.lastIndexOf('/') + 1);
  if (/^exclusiveM(in|ax)imum$/.test(keyword) && type === 'number')
    return `. Write the limit as "${keyword}", in place of "${keyword.replace('exclusiveM', 'm')}"`;
  if (keyword === 'items' && type !== undefined) return '. Write "prefixItems" for a list of schemas';
  if (keyword === 'required' && type === 'array') return '. Write a list of names beside "properties"';
  if (keyword === '$id') return '. Write "$anchor" for a name inside the schema';
  return '';
};

/** Describes an error of Ajv's compilation, with its path if the path is known. */
export const compilationFault = (schema: unknown, message: string): string => {
  const reference = /can't resolve reference (.+) from id/.exec(message)?.[1];
  for (const { schema: part, path } of placesIn(schema)) {
    const keyword = REFERENCES.find((name) => part[name] === reference && reference !== undefined);
    if (keyword)
      return `${path}/${keyword}: this schema has no part "${reference}", and other schemas are not fetched. Put it under "$defs" and write "#/$defs/name"`;
  }
  return `#: ${message}`;
};

function* placesIn(schema: unknown, path = '#', alone = true): Generator<Place> {
  if (!isObject(schema)) return;
  yield { schema, path, alone };
  const partsAlone = alone && !COMBINING.some((keyword) => keyword in schema) && !('patternProperties' in schema);
  for (const [keyword, value] of Object.entries(schema)) {
    if (!HOLD_SCHEMAS.has(keyword)) continue;
    const below = childPath(path, keyword);
    const each = BY_NAME.has(keyword) || Array.isArray(value) ? Object.entries(value as object) : [];
    for (const [name, part] of each)
      yield* placesIn(part, childPath(below, name), partsAlone && PARTS.includes(keyword));
    if (!each.length) yield* placesIn(value, below, partsAlone && PARTS.includes(keyword));
  }
}

const isObject = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const childPath = (path: string, name: string): string => `${path}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;

const keywordFault = (keyword: string, place: Place, draft: Draft): string | undefined => {
  if (ANNOTATIONS.has(keyword) || keyword.startsWith('x-')) return undefined;
  if (!isKnown(keyword, draft)) return unknownFault(keyword, draft);
  return specialFault(keyword, place, draft) ?? typeFault(keyword, typesOf(keyword, draft), place.schema.type);
};

const specialFault = (keyword: string, { schema, path }: Place, draft: Draft): string | undefined => {
  const value = schema[keyword];
  if (keyword === '$schema' && path !== '#') return 'a schema has only one draft. Write "$schema" only at the top';
  if (keyword === '$async') return 'asynchronous validation is not supported. Leave it out';
  if (keyword === 'format') return formatFault(String(value), schema.type);
  if (keyword === 'pattern') return patternFault(String(value));
  if (keyword === 'patternProperties')
    return Object.keys(value as object)
      .map(patternFault)
      .find(Boolean);
  if (keyword === 'required') return requiredFault(schema);
  if (keyword === '$ref' && draft.name.startsWith('draft-')) return siblingFault(schema, path, draft);
  const needs = NEEDS.get(keyword);
  if (needs && !needs.some((name) => name in schema))
    return `it checks nothing without "${needs.join('" or "')}". Add that, or leave it out`;
  return undefined;
};

const isKnown = (keyword: string, { name, rules }: Draft): boolean => {
  if (keyword === 'id') return name === 'draft-04';
  if (keyword === '$anchor') return name.startsWith('20');
  return Object.hasOwn(rules.keywords, keyword);
};

const unknownFault = (keyword: string, { name, rules }: Draft): string => {
  const problem = `JSON Schema ${name} has no keyword "${keyword}"`;
  const replacement = REPLACEMENTS.get(keyword);
  if (replacement) return `${problem}. Write ${replacement}`;
  const close = closest(keyword, [...Object.keys(rules.keywords), ...ANNOTATIONS]);
  return close
    ? `${problem}. Write "${close}"`
    : `${problem}. Leave it out, or call it "x-${keyword.replace(/^\W+/, '')}" if it is a note`;
};

const formatFault = (format: string, type: unknown): string | undefined => {
  if (format === 'url')
    return 'its check takes more than a second for a string of 30,000 characters. Write "uri", the format of JSON Schema';
  const known = Object.hasOwn(fullFormats, format) && fullFormats[format as keyof typeof fullFormats];
  if (known) {
    const checkedType = typeof known === 'object' && 'type' in known ? known.type : 'string';
    return typeFault('format', [checkedType ?? 'string'], type);
  }
  const names = Object.keys(fullFormats).filter((name) => name !== 'url');
  const close = closest(format, names);
  return `the format "${format}" is unknown. Write ${close ? `"${close}"` : `a "pattern", or one of ${names.join(', ')}`}`;
};

const patternFault = (pattern: string): string | undefined => {
  try {
    new RegExp(pattern, 'u');
    return undefined;
  } catch (error) {
    const escaped = /Invalid escape/.test((error as Error).message);
    return `${(error as Error).message}.${escaped ? ' Write the character without its backslash' : ' Correct the expression'}`;
  }
};

const requiredFault = ({ required, properties, patternProperties, additionalProperties }: Schema) => {
  if (additionalProperties !== false || patternProperties || !Array.isArray(required)) return undefined;
  const names = Object.keys((properties ?? {}) as object);
  const missing = required.find((name) => !names.includes(name));
  if (missing === undefined) return undefined;
  const close = closest(missing, names);
  return `"${missing}" is required, but "additionalProperties" is false and "properties" does not have it. ${close ? `Write "${close}"` : 'Add it to "properties"'}`;
};

/** Older drafts ignore keywords beside `$ref`, but Ajv does not. The author of the schema wants them checked. */
const siblingFault = (schema: Schema, path: string, { name, rules }: Draft): string | undefined => {
  const isChecked = (keyword: string) =>
    Object.hasOwn(rules.all, keyword) && !['$ref', '$comment', '$id', 'id'].includes(keyword);
  const sibling = Object.keys(schema).find(
    (keyword) => isChecked(keyword) || (path !== '#' && /^\$?id$/.test(keyword)),
  );
  return sibling && `${name} ignores "${sibling}" beside it. Write "allOf": [{"$ref": …}, {"${sibling}": …}]`;
};

/** The types that a keyword checks; an empty list means all. Values of other types pass it. */
const typesOf = (keyword: string, { rules }: Draft): readonly string[] => {
  const rule = Object.hasOwn(rules.all, keyword) && rules.all[keyword];
  return typeof rule === 'object' ? rule.definition.type : [];
};

const typeFault = (keyword: string, checkedTypes: readonly string[], type: unknown): string | undefined => {
  if (type === undefined || checkedTypes.length === 0) return undefined;
  const types = [type].flat();
  const meets = types.some((name) => checkedTypes.includes(name === 'integer' ? 'number' : String(name)));
  return meets
    ? undefined
    : `"${keyword}" checks ${checkedTypes.join(' and ')} values only, but "type" is ${JSON.stringify(type)}. Change one of them`;
};

const openTypeFault = ({ schema, alone }: Place, draft: Draft): string | undefined => {
  if (!alone || ['type', 'enum', 'const', ...COMBINING].some((keyword) => keyword in schema)) return undefined;
  for (const keyword of Object.keys(schema)) {
    const format = keyword === 'format' && fullFormats[schema.format as keyof typeof fullFormats];
    const [type] =
      typeof format === 'object' && 'type' in format ? [format.type] : typesOf(keyword, draft).toReversed();
    if (type)
      return `"${keyword}" checks ${type} values only, and every other value passes. Write "type": "${type}" beside it`;
  }
  return undefined;
};

/**
 * Refuses schemas for which Ajv fails JSON Schema's test suite: it would refuse valid messages or accept invalid ones.
 */
const ajvFault = (keyword: string, value: unknown, places: readonly Place[]): string | undefined => {
  const all = places.map(({ schema }) => schema);
  if (keyword === 'unevaluatedItems' && all.some((part) => 'contains' in part || isObject(part.items)))
    return 'Ajv checks it wrongly in a schema with "contains", or with "items" that is a schema. Write "prefixItems" and "items"';
  if (keyword === 'unevaluatedProperties' && all.some(evaluatesConditionally))
    return 'Ajv checks it wrongly in a schema with "dependentSchemas", "dependencies", or "if" without "then" and "else". Write "if", "then" and "else"';
  if (keyword === '$dynamicRef' || keyword === '$recursiveRef') {
    const toRoot = keyword === '$recursiveRef' || value === `#${all[0]?.$dynamicAnchor}`;
    const elsewhere = all
      .slice(1)
      .some((part) => '$id' in part || '$dynamicAnchor' in part || '$recursiveAnchor' in part);
    if (!toRoot || elsewhere)
      return 'only a reference to the anchor of the whole schema is supported, if no part has an "$id" or an anchor. Write "$ref"';
  }
  return undefined;
};

const evaluatesConditionally = (schema: Schema): boolean =>
  'dependentSchemas' in schema ||
  'dependencies' in schema ||
  ('if' in schema && !('then' in schema && 'else' in schema));

/** Finds the name that was meant: at most one typing mistake away, or two if it is long. */
export const closest = (name: string, names: readonly string[]): string | undefined => {
  const all = names.map((other) => ({ other, mistakes: mistakesBetween(name.toLowerCase(), other.toLowerCase()) }));
  const [best] = all.sort((a, b) => a.mistakes - b.mistakes);
  return best && best.mistakes <= (name.length > 8 ? 2 : 1) ? best.other : undefined;
};

/** Counts added, missing, wrong and swapped letters (the Damerau-Levenshtein distance). */
const mistakesBetween = (a: string, b: string): number => {
  let [before, row] = [[0], [...Array(b.length + 1).keys()]];
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++) {
      const swapped = i > 0 && j > 0 && a[i] === b[j - 1] && a[i - 1] === b[j];
      const costs = [Number(row[j]) + Number(a[i] !== b[j]), Number(row[j + 1]) + 1, Number(next[j]) + 1];
      next.push(Math.min(...costs, swapped ? Number(before[j - 1]) + 1 : Number.POSITIVE_INFINITY));
    }
    [before, row] = [row, next];
  }
  return Number(row[b.length]);
};
