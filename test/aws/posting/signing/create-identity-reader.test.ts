import { describe, expect, it } from '@jest/globals';
import { createIdentityReader } from '../../../../aws/posting/signing/create-identity-reader.ts';

const keys = { AWS_ACCESS_KEY_ID: 'AKIA1', AWS_SECRET_ACCESS_KEY: 'secret', AWS_REGION: 'eu-west-1' };

describe('createIdentityReader', () => {
  it('reads the environment that Lambda sets', () => {
    expect(createIdentityReader({ ...keys, AWS_SESSION_TOKEN: 'token' })()).toEqual({
      accessKeyId: 'AKIA1',
      secretAccessKey: 'secret',
      sessionToken: 'token',
      region: 'eu-west-1',
    });
  });

  it('returns the same object until a change, and a new object within a second after it', () => {
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
