import { describe, expect, it } from '@jest/globals';
import { describeError } from '../../aws/describe-error.ts';

describe('describeError', () => {
  it('gives name, text, code, frames and causes', () => {
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

  it('leaves out causes that are no errors, and what hangs on an error', () => {
    const error = Object.assign(new Error('Invalid JSON', { cause: { data: 'the text' } }), { request: 'the text' });
    expect(JSON.stringify(describeError(error))).not.toContain('the text');
  });

  it('ends with an error that is its own cause, and with a text without end', () => {
    const error = new Error('x'.repeat(1_000_000));
    error.cause = error;
    expect(JSON.stringify(describeError(error)).length).toBeLessThan(20_000);
  });

  it.each([undefined, null, 'text', 5])('says of %p only what it is', (thrown) => {
    expect(describeError(thrown)).toEqual({ name: 'NotAnError', message: `A ${typeof thrown} was thrown` });
  });
});
