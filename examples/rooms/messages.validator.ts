import { compileValidator } from '../../schemas/validation/compile-validator.ts';

export const chatMessage = compileValidator({
  type: 'object',
  additionalProperties: false,
  required: ['text'],
  properties: { text: { type: 'string', minLength: 1, maxLength: 1_000 } },
});

export const headline = compileValidator({
  type: 'object',
  additionalProperties: false,
  required: ['title'],
  properties: { title: { type: 'string' } },
});

export const typing = compileValidator({
  type: 'object',
  additionalProperties: false,
  required: ['user'],
  properties: { user: { type: 'string' } },
});
