import type { MiddlewareObj, Request } from '@middy/core';
import validator, { type Options } from '@middy/validator';
import type { ErrorObject } from 'ajv';
import type { Validator } from '../schemas/ajv.ts';
import { ClientError } from '../schemas/errors.ts';
import { toViolations } from './to-violations.ts';

/**
 * Validates `event.body` with a compiled schema: `@middy/validator` for messages, whose sender learns which rules it broke.
 * @param validate Of a `*.validator.ts` file.
 * @throws {ClientError} `MESSAGE_INVALID` with `details.errors`: every rule that is broken, by path.
 */
export const validateBody = <Body>(validate: Validator<Body>): MiddlewareObj<{ body?: Body }> => {
  const eventSchema = Object.assign(
    ({ body }: { body?: unknown }): boolean => {
      const valid = validate(body);
      eventSchema.errors = validate.errors;
      return valid;
    },
    { errors: undefined as Validator<Body>['errors'] },
  );
  // Typed as Ajv itself; what it takes is a compiled schema.
  const { before } = validator({ eventSchema: eventSchema as unknown as NonNullable<Options['eventSchema']> });
  const validateBodyBefore = (request: Request<{ body?: Body }>): void => {
    try {
      before?.(request as never);
    } catch (error) {
      const { data } = ((error as Error).cause ?? {}) as { data?: readonly ErrorObject[] };
      if (!data) throw error;
      throw new ClientError('MESSAGE_INVALID', { errors: toViolations(data) });
    }
  };
  return { before: validateBodyBefore };
};
