import { compileValidator } from '../schemas/validation/compile-validator.ts';

export const sendData = compileValidator({
  type: 'object',
  additionalProperties: false,
  required: ['action', 'data'],
  properties: { action: { const: 'sendMessage' }, data: { type: 'string', minLength: 1, maxLength: 30_000 } },
});
