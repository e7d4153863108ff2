import { describe, expect, it } from '@jest/globals';
import { newId } from '../../../../../packages/local/gateway/events/new-id.ts';

describe('newId', () => {
  it("has API Gateway's form: 11 bytes in base64url and a =", () => {
    for (let made = 0; made < 1_000; made++) {
      const id = newId();
      expect(id).toMatch(/^[\w-]{15}=$/);
      expect(Buffer.from(id, 'base64url')).toHaveLength(11);
    }
  });

  it('uses the whole alphabet, so that a path with an id that is not encoded fails', () => {
    const made = Array.from({ length: 500 }, newId).join('');
    expect(made).toContain('-');
    expect(made).toContain('_');
  });

  it('gives a new id each time', () => {
    expect(new Set(Array.from({ length: 1_000 }, newId)).size).toBe(1_000);
  });
});
