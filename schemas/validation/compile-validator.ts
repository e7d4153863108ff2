import { Ajv, type AnySchema, type CodeOptions, type ErrorObject, type Options } from 'ajv';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import draft4 from 'ajv-draft-04';
import { fullFormats } from 'ajv-formats/dist/formats.js';
import type { FromSchema, JSONSchema } from 'json-schema-to-ts';
import { compilationFault, findFault, jsonFault, metaschemaFault } from './schema-faults.ts';

/** A compiled schema that narrows what it accepts to the schema's type. */
export interface Validator<T> {
  (data: unknown): data is T;
  errors?: ErrorObject[] | null;
  schema?: unknown;
}

/**
 * Compiles a JSON Schema. Call it only in a file named `*.validator.ts`: the bundler replaces such a file with the
 * compiled code, so that no function loads Ajv (73 ms of cold start).
 *
 * `$schema` names the draft: 2020-12 (the default), 2019-09, draft-07, draft-06 (read as draft-07, which only adds
 * keywords) or draft-04. `format` is checked as in `ajv-formats`. Keywords that only describe (`title`, `examples`,
 * `contentEncoding`, OpenAPI's `discriminator`, `x-…`) check nothing. Other schemas are not fetched.
 *
 * ```ts
 * // wave.validator.ts
 * import { compileValidator } from 'middy-fanout/schemas';
 *
 * export const wave = compileValidator({
 *   type: 'object',
 *   required: ['name'],
 *   properties: { name: { type: 'string', maxLength: 40 } },
 * });
 * ```
 * @param schema Its type becomes the type of the data. A schema that TypeScript cannot read (draft-04's
 * `exclusiveMinimum: true`, an imported JSON file) needs `$schema`, and its data is `unknown`.
 * @throws {Error} at import if the schema is invalid, or has a part that would never be checked. The message has the
 * path in the schema and what to write instead.
 */
export function compileValidator<const S extends JSONSchema>(schema: S): Validator<FromSchema<S>>;
export function compileValidator(schema: {
  readonly $schema: string;
  readonly [keyword: string]: unknown;
}): Validator<unknown>;
export function compileValidator(schema: unknown): Validator<unknown> {
  try {
    return compile(schema) as unknown as Validator<unknown>;
  } catch (error) {
    // The stack starts in the file with the schema: the author cannot use Ajv's lines.
    if (error instanceof Error) Error.captureStackTrace(error, compileValidator);
    throw error;
  }
}

/** The same options in tests and in bundles. Data is checked as it is: Ajv does not change it. */
const OPTIONS = {
  allErrors: true,
  coerceTypes: false,
  useDefaults: false,
  removeAdditional: false,
  // Ajv's strict mode refuses valid schemas, and its errors have no path. `findFault` finds the same mistakes.
  strict: false,
  strictNumbers: true,
  logger: false,
  formats: fullFormats,
} as const satisfies Options;

const DRAFTS = {
  '2020-12': { $schema: 'https://json-schema.org/draft/2020-12/schema', Draft: Ajv2020 },
  '2019-09': { $schema: 'https://json-schema.org/draft/2019-09/schema', Draft: Ajv2019 },
  'draft-07': { $schema: 'http://json-schema.org/draft-07/schema#', Draft: Ajv },
  'draft-06': { $schema: 'http://json-schema.org/draft-06/schema#', Draft: Ajv },
  'draft-04': { $schema: 'http://json-schema.org/draft-04/schema#', Draft: draft4.default },
} as const;

type DraftName = keyof typeof DRAFTS;
const DRAFT_NAMES = Object.keys(DRAFTS) as DraftName[];

/** Creates an Ajv for the draft of a schema. Each schema has its own, so that two schemas may have the same `$id`. */
export const ajvFor = (schema: unknown, code: CodeOptions = {}): Ajv => {
  const { Draft } = DRAFTS[draftOf(schema)];
  // `compile` has already validated the schema, with one metaschema for all schemas.
  return new Draft({ ...OPTIONS, validateSchema: false, ownProperties: usesInheritedName(schema), code });
};

/**
 * Every object inherits names such as `constructor`. Only a schema with such a name needs the slower code that checks
 * for own properties.
 */
const usesInheritedName = (schema: unknown): boolean => {
  const text = String(JSON.stringify(schema));
  return Object.getOwnPropertyNames(Object.prototype).some((name) => text.includes(`"${name}"`));
};

const draftOf = (schema: unknown): DraftName => {
  if (!isObject(schema) || !('$schema' in schema)) return '2020-12';
  const name = DRAFT_NAMES.find(
    (draft) => normalizeAddress(DRAFTS[draft].$schema) === normalizeAddress(schema.$schema),
  );
  if (name) return name;
  const addresses = DRAFT_NAMES.map((draft) => `"${DRAFTS[draft].$schema}"`).join(', ');
  throw new Error(
    `The schema is invalid at #/$schema: ${JSON.stringify(schema.$schema)} is not a known draft. Write one of ${addresses}`,
  );
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/** `http:` and `https:`, with or without `#`, are the same address. */
const normalizeAddress = (address: unknown): string => String(address).replace(/^https?:|#$/g, '');

const compile = (schema: unknown) => {
  if (typeof schema !== 'boolean' && !isObject(schema))
    throw new TypeError(`Expected schema to be a JSON Schema, got ${schema === null ? 'null' : typeof schema}`);
  const unknownValue = jsonFault(schema);
  if (unknownValue) throw new Error(`The schema is invalid at ${unknownValue}`);
  const draft = draftOf(schema);
  const fault = faultOf(schema, draft) ?? reservedFault(schema);
  if (fault) throw new Error(`The schema is invalid at ${fault}${otherDraft(schema, draft)}`);
  try {
    return ajvFor(schema).compile(schema as AnySchema);
  } catch (error) {
    const { message } = error as Error;
    throw new Error(`The schema is invalid at ${compilationFault(schema, message)}`, { cause: error });
  }
};

/** A message has its `ackId` for the answer. It is taken out before the message is validated. */
const reservedFault = (schema: unknown): string | undefined => {
  const { properties } = Object(schema) as { properties?: unknown };
  return Object.hasOwn(Object(properties), 'ackId')
    ? '#/properties/ackId: ackId is reserved for the answer to a message. Give the property another name'
    : undefined;
};

/** One Ajv for each draft, so that its metaschema is compiled only once. */
const metaschemas = new Map<DraftName, InstanceType<(typeof DRAFTS)[DraftName]['Draft']>>();

const faultOf = (schema: unknown, draft: DraftName): string | undefined => {
  const ajv = metaschemas.get(draft) ?? new DRAFTS[draft].Draft(OPTIONS);
  metaschemas.set(draft, ajv);
  const withoutDraft = isObject(schema) && !Array.isArray(schema) ? { ...schema, $schema: undefined } : schema;
  if (!ajv.validateSchema(withoutDraft as AnySchema)) return metaschemaFault(ajv.errors ?? []);
  return findFault(schema, { name: draft, rules: ajv.RULES });
};

/** Names another draft in which the schema is valid: many schemas follow an older draft without `$schema`. */
const otherDraft = (schema: unknown, draft: DraftName): string => {
  const other = DRAFT_NAMES.find((name) => name !== draft && !faultOf(schema, name));
  return other ? `. It is valid as ${other}, if it says so: "$schema": "${DRAFTS[other].$schema}"` : '';
};
