import { describe, expect, it } from '@jest/globals';
import { errorFrameOf } from '../../middleware/error-frame-of.ts';
import { ClientError, ERROR_CODES, type ErrorCode, type SchemaViolation } from '../../schemas/errors.ts';
import { MAX_FRAME_BYTES } from '../../schemas/quotas.ts';

const violations = (count: number, text = 'x'): SchemaViolation[] =>
  Array.from({ length: count }, (_, index) => ({ path: `/${index}${text}`, rule: 'type', message: text }));

describe('errorFrameOf', () => {
  it('begins with the keys of API Gateway’s own error frames, in their order', () => {
    expect(JSON.stringify(errorFrameOf(new ClientError('FORBIDDEN'), 'c1', 'r1'))).toBe(
      '{"message":"Forbidden","connectionId":"c1","requestId":"r1","code":"FORBIDDEN"}',
    );
  });

  it.each(Object.keys(ERROR_CODES) as ErrorCode[])('says of %s the catalogue’s text', (code) => {
    expect(errorFrameOf(new ClientError(code), 'c1', 'r1')).toMatchObject({ code, message: ERROR_CODES[code].message });
  });

  it.each([new Error('arn:aws:secret'), 'arn:aws:secret', undefined, { code: 'FORBIDDEN' }])(
    'says nothing of an error that is not for clients',
    (error) => {
      expect(errorFrameOf(error, 'c1', 'r1')).toEqual({
        message: 'Internal server error',
        connectionId: 'c1',
        requestId: 'r1',
        code: 'INTERNAL',
      });
    },
  );

  it('says no detail but the violations, and no cause', () => {
    const error = new ClientError('MESSAGE_TOO_LARGE', { table: 'secret' }, { cause: new Error('secret') });
    expect(JSON.stringify(errorFrameOf(error, 'c1', 'r1'))).not.toContain('secret');
  });

  it('lists ten violations and says how many more there are', () => {
    const frame = errorFrameOf(new ClientError('MESSAGE_INVALID', { errors: violations(13) }), 'c1', 'r1');
    expect(frame).toMatchObject({ errors: violations(10), moreErrors: 3 });
    const ten = errorFrameOf(new ClientError('MESSAGE_INVALID', { errors: violations(10) }), 'c1', 'r1');
    expect(ten).not.toHaveProperty('moreErrors');
  });

  it('shortens each text of a violation to 200 characters', () => {
    const [fits, long] = ['x'.repeat(200), 'x'.repeat(201)];
    const errors = [fits, long].map((text) => ({ path: text, rule: text, message: text }));
    const short = `${'x'.repeat(199)}…`;
    expect(errorFrameOf(new ClientError('MESSAGE_INVALID', { errors }), 'c1', 'r1').errors).toEqual([
      { path: fits, rule: fits, message: fits },
      { path: short, rule: short, message: short },
    ]);
  });

  it('fits one frame, however long the names that a client chose', () => {
    const error = new ClientError('MESSAGE_INVALID', { errors: violations(1_000, '\u0001'.repeat(30_000)) });
    expect(Buffer.byteLength(JSON.stringify(errorFrameOf(error, 'c1', 'r1')))).toBeLessThan(MAX_FRAME_BYTES);
  });
});
