import validator, { type Options } from '@middy/validator';
import type { ErrorObject } from 'ajv';
import type { Context } from 'aws-lambda';
import { ClientError } from '../../schemas/errors.ts';
import {
  assertValidator,
  type BodyValidator,
  nameOf,
  REMEDY,
  schemaFacts,
  toViolations,
} from '../../schemas/validation/body-validator.ts';
import type { Validator } from '../../schemas/validation/compile-validator.ts';
import {
  isStandardSchema,
  type StandardResult,
  type StandardSchema,
  toViolation,
} from '../../schemas/validation/standard-schema.ts';
import type { MiddlewareObj, Request } from '../support/middleware-obj.ts';
import type { RequestState } from '../support/route-context.ts';
import { looksLikeJson } from './refuse-malformed-json.ts';

type ValidatedRequest<Body> = Request<{ body?: Body }, unknown, Error, Context, RequestState>;
type BodyHook<Body> = (request: ValidatedRequest<Body>) => void | Promise<void>;

/**
 * Validates `event.body`, and tells the sender which rules it breaks. With a Standard Schema, the result of the schema
 * replaces the body, with defaults and transformations applied. The schema may be asynchronous.
 * Put it after `parseBody`.
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
 * @param validate A validator from a `*.validator.ts` file, your own type guard, or a Standard Schema.
 * @throws {ClientError} `MESSAGE_INVALID` with `details.errors`: each broken rule with its path.
 * @throws {TypeError} at set-up if `validate` is something else, such as a schema that is not compiled or a missing
 * import.
 */
export function validateBody<Body>(
  validate: BodyValidator<Body>,
): MiddlewareObj<{ body: Body }, unknown, Error, Context, RequestState>;
export function validateBody<Body>(
  validate: unknown,
): MiddlewareObj<{ body?: Body }, unknown, Error, Context, RequestState> {
  const check: BodyHook<Body> = isStandardSchema(validate)
    ? checkByStandard(validate as StandardSchema<unknown, Body>)
    : checkByFunction(validate as Validator<Body>);
  const validateBodyBefore: BodyHook<Body> = (request) => {
    assertParsed(request);
    return check(request);
  };
  return { before: validateBodyBefore };
}

/** Without `parseBody`, every message would be refused as if its sender were at fault. */
const assertParsed = ({ event: { body }, internal }: ValidatedRequest<unknown>): void => {
  if (internal.parsed || typeof body !== 'string' || !looksLikeJson(body)) return;
  throw new Error('validateBody got a body that is not parsed: put parseBody() before it');
};

const checkByStandard = <Body>({
  '~standard': { vendor, validate },
}: StandardSchema<unknown, Body>): BodyHook<Body> => {
  const applyResult = ({ event }: ValidatedRequest<Body>, result: StandardResult<Body>): void => {
    // Any other result would accept every message.
    if (typeof result !== 'object' || result === null || !('issues' in result || 'value' in result))
      throw new TypeError(`Expected the schema of ${vendor} to return a value or issues, got ${nameOf(result)}`);
    if (result.issues) throw new ClientError('MESSAGE_INVALID', { errors: Array.from(result.issues, toViolation) });
    event.body = result.value;
  };
  return (request) => {
    const result = validate(request.event.body);
    if (!('then' in Object(result))) return applyResult(request, result as StandardResult<Body>);
    return Promise.resolve(result).then((awaited) => applyResult(request, awaited));
  };
};

const checkByFunction = <Body>(validate: Validator<Body>): BodyHook<Body> => {
  assertValidator(validate);
  const eventSchema = Object.assign(
    ({ body }: { body?: unknown }): boolean => {
      const valid: unknown = validate(body);
      // A promise, or the result object of another library, would accept every message.
      if (typeof valid !== 'boolean')
        throw new TypeError(`Expected the validator to return true or false, got ${nameOf(valid)}. ${REMEDY}`);
      eventSchema.errors = validate.errors;
      return valid;
    },
    { errors: undefined as Validator<Body>['errors'] },
  );
  // The package's type is for Ajv, but it accepts any compiled schema.
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
