import type { ErrorObject } from 'ajv';
import type { SchemaViolation } from '../errors.ts';
import type { Validator } from './compile-validator.ts';
import { isStandardSchema, type StandardSchema, toViolation } from './standard-schema.ts';

/**
 * Validates a body: a compiled schema, a type guard, or a schema of Zod, Valibot, ArkType or any other library that
 * implements https://standardschema.dev. `Body` is the type of its result.
 */
export type BodyValidator<Body> = Validator<Body> | StandardSchema<unknown, Body>;

/** Our choice: most schema paths in one log line. */
const MAX_SCHEMA_PATHS = 10;

/** Facts for the log. A path in the schema has no text of the client, unlike a path in the message. */
export const schemaFacts = (errors: readonly ErrorObject[] | null | undefined): { schemaPaths?: string[] } => {
  const paths = [...new Set(errors?.map(({ schemaPath }) => schemaPath))];
  return paths.length > 0 ? { schemaPaths: paths.slice(0, MAX_SCHEMA_PATHS) } : {};
};

export const REMEDY =
  'Write "export const name = compileValidator(schema)" in a file that ends in .validator.ts, and pass that export';

export const assertValidator = (validate: unknown): void => {
  if (typeof validate !== 'function')
    throw new TypeError(
      `Expected a validator made by compileValidator, or a schema of Zod, Valibot or ArkType, got ${nameOf(validate)}. ${REMEDY}`,
    );
};

/** Names the kind of a value, without its content: `undefined`, `Object`, `Promise`. */
export const nameOf = (value: unknown): string => {
  if (value === undefined || value === null) return String(value);
  return (value as object).constructor?.name || typeof value;
};

/** Converts Ajv's errors to the form that clients read, such as `{"path": "/text", "rule": "type", "message": "…"}`. */
export const toViolations = (errors: readonly ErrorObject[]): SchemaViolation[] =>
  errors.map(({ instancePath, keyword, message = 'is not valid', params }) => ({
    path: instancePath,
    rule: keyword,
    message: `${instancePath} ${message}${detailOf(keyword, params)}`.trim(),
  }));

/** Adds the field or the values that Ajv's message leaves out. */
const detailOf = (keyword: string, params: Readonly<Record<string, unknown>>): string => {
  switch (keyword) {
    case 'additionalProperties':
      return `: ${params.additionalProperty}`;
    case 'const':
      return `: ${JSON.stringify(params.allowedValue)}`;
    case 'enum':
      return `: ${JSON.stringify(params.allowedValues)}`;
    default:
      return '';
  }
};

/**
 * Checks a value, for example the `data` of a channel's message.
 * @returns the value, which a Standard Schema may have changed, or the rules that it breaks. A validator of your own may name no rule.
 */
export const checkValue = async <T>(
  validate: BodyValidator<T>,
  value: unknown,
): Promise<{ value: T } | { errors: SchemaViolation[]; schemaPaths?: string[] }> => {
  if (isStandardSchema(validate)) {
    const result = await validate['~standard'].validate(value);
    return result.issues ? { errors: Array.from(result.issues, toViolation) } : { value: result.value as T };
  }
  const check = validate as Validator<T>;
  return check(value) ? { value } : { errors: toViolations(check.errors ?? []), ...schemaFacts(check.errors) };
};
