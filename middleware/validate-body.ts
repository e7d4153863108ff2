import type { MiddlewareObj, Request } from '@middy/core';
import validator, { type Options } from '@middy/validator';
import type { ErrorObject } from 'ajv';
import type { Context } from 'aws-lambda';
import type { Validator } from '../schemas/compile-validator.ts';
import { ClientError, type SchemaViolation } from '../schemas/errors.ts';
import { looksLikeJson } from './refuse-malformed-json.ts';
import type { RequestNotes } from './support/route-context.ts';

/**
 * Validates `event.body` with a compiled schema: `@middy/validator` for messages, whose sender learns which rules it broke.
 * @param validate From a `*.validator.ts` file, or a type guard of your own.
 * @throws {ClientError} `MESSAGE_INVALID` with `details.errors`: every rule that is broken, by path.
 * @throws {TypeError} at once if `validate` is something else: a schema that is not compiled, or an import that is missing.
 */
export const validateBody = <Body>(
  validate: Validator<Body>,
): MiddlewareObj<{ body?: Body }, unknown, Error, Context, RequestNotes> => {
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
  const validateBodyBefore = (request: ValidatedRequest<Body>): void => {
    assertParsed(request);
    try {
      before?.(request as never);
    } catch (error) {
      const { cause } = Object(error) as { cause?: { package?: string; data?: readonly ErrorObject[] | null } };
      if (cause?.package !== '@middy/validator') throw error;
      throw new ClientError('MESSAGE_INVALID', { errors: toViolations(cause.data ?? []) });
    }
  };
  return { before: validateBodyBefore };
};

type ValidatedRequest<Body> = Request<{ body?: Body }, unknown, Error, Context, RequestNotes>;

/** Without `parseBody` every message would be refused, and its sender told that it is at fault. */
const assertParsed = ({ event: { body }, internal }: ValidatedRequest<unknown>): void => {
  if (internal.parsed || typeof body !== 'string' || !looksLikeJson(body)) return;
  throw new Error('validateBody got the text of a message: put parseBody() before it');
};

const REMEDY =
  'Write "export const name = compileValidator(schema)" in a file that ends in .validator.ts, and pass what it exports';

const assertValidator = (validate: unknown): void => {
  if (typeof validate !== 'function')
    throw new TypeError(`Expected a validator made by compileValidator, got ${nameOf(validate)}. ${REMEDY}`);
};

/** What a value is, without its content: `undefined`, `Object`, `ZodObject`. */
const nameOf = (value: unknown): string => {
  if (value === undefined || value === null) return String(value);
  return (value as object).constructor?.name || typeof value;
};

/** Ajv's errors as a client reads them: `{"path": "/message", "rule": "type", "message": "/message must be string"}`. */
export const toViolations = (errors: readonly ErrorObject[]): SchemaViolation[] =>
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
