import { compileValidator } from '../validation/compile-validator.ts';

const CHANNEL = { type: 'string', minLength: 1, maxLength: 128 } as const;
const NUMBER = { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER } as const;

export const subscribeFrame = compileValidator({
  type: 'object',
  required: ['channel'],
  properties: { channel: CHANNEL, after: NUMBER, last: { type: 'integer', minimum: 1, maximum: 100 } },
  not: { type: 'object', required: ['after', 'last'], properties: { after: {}, last: {} } },
});

export const syncFrame = compileValidator({
  type: 'object',
  required: ['channels'],
  properties: {
    channels: {
      type: 'array',
      maxItems: 51,
      items: { type: 'object', required: ['channel'], properties: { channel: CHANNEL, after: NUMBER } },
    },
  },
});

export const unsubscribeFrame = compileValidator({
  type: 'object',
  required: ['channel'],
  properties: { channel: CHANNEL },
});

export const membersFrame = compileValidator({
  type: 'object',
  required: ['channel'],
  properties: { channel: CHANNEL },
});

export const publishFrame = compileValidator({
  type: 'object',
  required: ['channel', 'data'],
  properties: {
    channel: CHANNEL,
    data: {},
    key: { type: 'string', pattern: '^[A-Za-z0-9_-]{1,64}$' },
  },
});
