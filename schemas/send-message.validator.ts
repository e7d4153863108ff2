import { compileValidator } from './validation/compile-validator.ts';

/** The message of the route `send-message`. */
export const sendMessage = compileValidator({
  type: 'object',
  additionalProperties: false,
  required: ['action', 'message'],
  properties: {
    action: { type: 'string', const: 'send-message', description: 'The route key' },
    message: {
      type: 'string',
      minLength: 1,
      maxLength: 30_000,
      description:
        'The text that the other connections receive. Its length is in characters. A frame has at most 32 KB',
    },
  },
});
