import { expect, it } from '@jest/globals';
import { readErrorFrame } from '../../../../packages/load/generator/read-error-frame.ts';

it.each([
  ['{"message": "Internal server error", "connectionId":"Q=", "requestId":"Q="}', 'Internal server error'],
  [
    '{"message":"The message does not match its schema","connectionId":"Q=","requestId":"Q=","code":"MESSAGE_INVALID"}',
    'MESSAGE_INVALID',
  ],
  ['{"message":"hello"}', undefined],
  ['hello', undefined],
  ['{broken', undefined],
  ['', undefined],
])('reads %s as %s', (text, code) => {
  expect(readErrorFrame(Buffer.from(text))).toBe(code);
});
