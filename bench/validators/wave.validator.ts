import { compileValidator } from '../../schemas/validation/compile-validator.ts';

export const wave = compileValidator({
  type: 'object',
  additionalProperties: false,
  required: ['action', 'name'],
  properties: { action: { const: 'wave' }, name: { type: 'string', minLength: 1, maxLength: 40 } },
});
