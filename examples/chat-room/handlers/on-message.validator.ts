import { compileValidator } from '../../../schemas/validation/compile-validator.ts';

export const onMessage = compileValidator({
  type: 'object',
  additionalProperties: false,
  required: ['action', 'message'],
  properties: { action: { const: 'onMessage' }, message: { type: 'string', minLength: 1, maxLength: 30_000 } },
});
