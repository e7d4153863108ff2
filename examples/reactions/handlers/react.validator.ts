import { compileValidator } from '../../../schemas/validation/compile-validator.ts';

export const react = compileValidator({
  type: 'object',
  additionalProperties: false,
  required: ['action', 'reaction'],
  properties: { action: { const: 'react' }, reaction: { type: 'string', minLength: 1, maxLength: 16 } },
});
