import { describe, expect, it } from '@jest/globals';
import { createIdentityReader } from '../../../../aws/posting/signing/create-identity-reader.ts';

const keys = { AWS_ACCESS_KEY_ID: 'AKIA1', AWS_SECRET_ACCESS_KEY: 'secret', AWS_REGION: 'eu-west-1' };

describe('createIdentityReader', () => {
  it('reads what Lambda puts into the environment', () => {
    expect(createIdentityReader({ ...keys, AWS_SESSION_TOKEN: 'token' })()).toEqual({
      accessKeyId: 'AKIA1',
      secretAccessKey: 'secret',
      sessionToken: 'token',
      region: 'eu-west-1',
    });
  });

  it('gives the same object while nothing changes, and another within a second of a change', () => {
    let now = 0;
    const environment: NodeJS.ProcessEnv = { ...keys };
    const read = createIdentityReader(environment, () => now);
    const first = read();
    now += 5_000;
    expect(read()).toBe(first);
    environment.AWS_SESSION_TOKEN = 'renewed';
    now += 1_000;
    expect(read()).toEqual({ ...(first as object), sessionToken: 'renewed' });
  });
});
