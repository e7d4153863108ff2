import validator, { type Options } from '@middy/validator';
import type { ErrorObject } from 'ajv';
import type { Context } from 'aws-lambda';
import type { Validator } from '../schemas/compile-validator.ts';
import { ClientError, type SchemaViolation } from '../schemas/errors.ts';
import { looksLikeJson } from './refuse-malformed-json.ts';
import type { MiddlewareObj, Request } from './support/middleware-obj.ts';
import type { RequestNotes } from './support/route-context.ts';
import { isStandardSchema, type StandardResult, type StandardSchema, toViolation } from './support/standard-schema.ts';

/**
 * What validates a body: a compiled schema, a type guard, or a schema of Zod, Valibot, ArkType or any other library that
 * keeps to https://standardschema.dev. `Body` is what comes out of it.
 */
export type BodyValidator<Body> = Validator<Body> | StandardSchema<unknown, Body>;

type ValidatedRequest<Body> = Request<{ body?: Body }, unknown, Error, Context, RequestNotes>;
type BodyHook<Body> = (request: ValidatedRequest<Body>) => void | Promise<void>;

/**
 * Validates `event.body`, and tells the sender which rules it broke. With a Standard Schema the body becomes what the
 * schema made of it: defaults are filled in, transformations are done. It may be asynchronous.
 * Goes after `parseBody`.
 *
 * ```ts
 * import middy from '@middy/core';
 * import { answerErrors, parseBody, validateBody, type WebSocketEvent } from 'middy-fanout';
 * import { wave } from './wave.validator.ts';
 *
 * export const handler = middy<WebSocketEvent>()
 *   .use(answerErrors())
 *   .use(parseBody())
 *   .use(validateBody(wave))
 *   .handler((event) => {
 *     console.log(event.body.name);
 *     return { statusCode: 200 };
 *   });
 * ```
 * @param validate From a `*.validator.ts` file, a type guard of your own, or a Standard Schema.
 * @throws {ClientError} `MESSAGE_INVALID` with `details.errors`: every rule that is broken, by path.
 * @throws {TypeError} at once if `validate` is something else: a schema that is not compiled, or an import that is missing.
 */
export function validateBody<Body>(
  validate: BodyValidator<Body>,
): MiddlewareObj<{ body: Body }, unknown, Error, Context, RequestNotes>;
export function validateBody<Body>(
  validate: unknown,
): MiddlewareObj<{ body?: Body }, unknown, Error, Context, RequestNotes> {
  const check: BodyHook<Body> = isStandardSchema(validate)
    ? checkByStandard(validate as StandardSchema<unknown, Body>)
    : checkByFunction(validate as Validator<Body>);
  const validateBodyBefore: BodyHook<Body> = (request) => {
    assertParsed(request);
    return check(request);
  };
  return { before: validateBodyBefore };
}

/** Without `parseBody` every message would be refused, and its sender told that it is at fault. */
const assertParsed = ({ event: { body }, internal }: ValidatedRequest<unknown>): void => {
  if (internal.parsed || typeof body !== 'string' || !looksLikeJson(body)) return;
  throw new Error('validateBody got the text of a message: put parseBody() before it');
};

const checkByStandard = <Body>({
  '~standard': { vendor, validate },
}: StandardSchema<unknown, Body>): BodyHook<Body> => {
  const judge = ({ event }: ValidatedRequest<Body>, result: StandardResult<Body>): void => {
    // Whatever else comes back would let every message pass.
    if (typeof result !== 'object' || result === null || !('issues' in result || 'value' in result))
      throw new TypeError(`Expected the schema of ${vendor} to give a value or issues, got ${nameOf(result)}`);
    if (result.issues) throw new ClientError('MESSAGE_INVALID', { errors: Array.from(result.issues, toViolation) });
    event.body = result.value;
  };
  return (request) => {
    const result = validate(request.event.body);
    if (!('then' in Object(result))) return judge(request, result as StandardResult<Body>);
    return Promise.resolve(result).then((later) => judge(request, later));
  };
};

const checkByFunction = <Body>(validate: Validator<Body>): BodyHook<Body> => {
  assertValidator(validate);
  const eventSchema = Object.assign(
    ({ body }: { body?: unknown }): boolean => {
      const valid: unknown = validate(body);
      // A promise, or the result object of another library, would let every message pass.
      if (typeof valid !== 'boolean')
        throw new TypeError(`Expected the validator to return true or false, got ${nameOf(valid)}. ${REMEDY}`);
      eventSchema.errors = validate.errors;
      return valid;
    },
    { errors: undefined as Validator<Body>['errors'] },
  );
  // Typed as Ajv itself; what it takes is a compiled schema.
  const { before } = validator({ eventSchema: eventSchema as unknown as NonNullable<Options['eventSchema']> });
  return (request) => {
    try {
      before?.(request as never);
    } catch (error) {
      const { cause } = Object(error) as { cause?: { package?: string; data?: readonly ErrorObject[] | null } };
      if (cause?.package !== '@middy/validator') throw error;
      throw new ClientError('MESSAGE_INVALID', { errors: toViolations(cause.data ?? []), ...schemaFacts(cause.data) });
    }
  };
};

/** Our choice: most schema paths in one log line. */
const MAX_SCHEMA_PATHS = 10;

/** Facts for the log. A path in the schema has no text of the client, unlike a path in the message. */
const schemaFacts = (errors: readonly ErrorObject[] | null | undefined): { schemaPaths?: string[] } => {
  const paths = [...new Set(errors?.map(({ schemaPath }) => schemaPath))];
  return paths.length > 0 ? { schemaPaths: paths.slice(0, MAX_SCHEMA_PATHS) } : {};
};

const REMEDY =
  'Write "export const name = compileValidator(schema)" in a file that ends in .validator.ts, and pass what it exports';

const assertValidator = (validate: unknown): void => {
  if (typeof validate !== 'function')
    throw new TypeError(
      `Expected a validator made by compileValidator, or a schema of Zod, Valibot or ArkType, got ${nameOf(validate)}. ${REMEDY}`,
    );
};

/** What a value is, without its content: `undefined`, `Object`, `Promise`. */
const nameOf = (value: unknown): string => {
  if (value === undefined || value === null) return String(value);
  return (value as object).constructor?.name || typeof value;
};

/** Ajv's errors as a client reads them: `{"path": "/message", "rule": "type", "message": "/message must be string"}`. */
const toViolations = (errors: readonly ErrorObject[]): SchemaViolation[] =>
  errors.map(({ instancePath, keyword, message = 'is not valid', params }) => ({
    path: instancePath,
    rule: keyword,
    message: `${instancePath} ${message}${namedIn(keyword, params)}`.trim(),
  }));

/** What Ajv's message leaves out: which field, or which values. */
const namedIn = (keyword: string, params: Readonly<Record<string, unknown>>): string => {
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
