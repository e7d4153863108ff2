import { describe, expect, it } from '@jest/globals';
import { describeError } from '../../aws/describe-error.ts';

describe('describeError', () => {
  it('returns name, message, code, frames and causes', () => {
    const cause = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    expect(describeError(new TypeError('not sent', { cause }))).toEqual({
      name: 'TypeError',
      message: 'not sent',
      stack: expect.stringMatching(/^\s+at .*describe-error\.test\.ts/),
      cause: expect.objectContaining({ message: 'connect ECONNREFUSED', code: 'ECONNREFUSED' }),
    });
  });

  it('leaves out the request that a service echoes, from the text and from the stack', () => {
    const error = Object.assign(new Error('The signature does not match.\n\nx-amz-security-token:TOKEN'), {
      $metadata: { httpStatusCode: 403 },
    });
    expect(describeError(error)).toMatchObject({ message: 'The signature does not match.', status: 403 });
    expect(JSON.stringify(describeError(error))).not.toContain('TOKEN');
  });

  it('leaves out causes that are not errors, and other properties of an error', () => {
    const error = Object.assign(new Error('Invalid JSON', { cause: { data: 'the text' } }), { request: 'the text' });
    expect(JSON.stringify(describeError(error))).not.toContain('the text');
  });

  it('bounds an error that is its own cause and has a very long text', () => {
    const error = new Error('x'.repeat(1_000_000));
    error.cause = error;
    expect(JSON.stringify(describeError(error)).length).toBeLessThan(20_000);
  });

  it.each([undefined, null, 'text', 5])('describes %p only by its type', (thrown) => {
    expect(describeError(thrown)).toEqual({ name: 'NotAnError', message: `A ${typeof thrown} was thrown` });
  });

  it('returns only text and numbers, whatever the properties of the error', () => {
    const odd = { toString: () => 'odd' };
    const error = Object.assign(new Error('not sent'), {
      name: odd,
      code: 11_000,
      $metadata: { httpStatusCode: '403' },
    });
    expect(describeError(Object.defineProperty(error, 'stack', { value: odd }))).toEqual({
      name: 'Error',
      message: 'not sent',
    });
  });

  it('bounds each text', () => {
    const long = 'x'.repeat(1_000_000);
    const error = Object.assign(new Error('not sent'), { name: long, code: long, stack: `Error\n    at ${long}` });
    const { name, code, stack } = describeError(error);
    expect([name.length, code?.length, stack?.length]).toEqual([1_000, 1_000, 10_000]);
  });

  it('describes an aborted request', () => {
    expect(describeError(new DOMException('late', 'TimeoutError'))).toMatchObject({
      name: 'TimeoutError',
      message: 'late',
    });
  });
});
