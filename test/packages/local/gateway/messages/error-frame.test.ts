import { expect, it } from '@jest/globals';
import { errorFrame } from '../../../../../packages/local/gateway/messages/error-frame.ts';

it("has the key order and the spacing of AWS's frames", () => {
  expect(errorFrame('Internal server error', 'QyiABCdefGHIjkl=', 'QyiXYZdefGHIjkl=')).toBe(
    '{"message": "Internal server error", "connectionId":"QyiABCdefGHIjkl=", "requestId":"QyiXYZdefGHIjkl="}',
  );
});
