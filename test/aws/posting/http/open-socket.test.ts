import type { lookup } from 'node:dns';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { createCachedLookup } from '../../../../aws/posting/http/open-socket.ts';

type Callback = (error: Error | null, addresses: { address: string; family: number }[]) => void;
const addresses = ['10.0.0.1', '10.0.0.2'].map((address) => ({ address, family: 4 }));

const start = (answers: (Error | null)[]) => {
  let asked = 0;
  let now = 0;
  const resolve = ((_hostname: string, _options: object, callback: Callback) => {
    callback(answers[asked++] ?? null, addresses);
  }) as unknown as typeof lookup;
  const cached = createCachedLookup(resolve, () => now);
  const look = promisify<string, { all: true }, { address: string }[]>(cached as never);
  return {
    look: async () => (await look('host', { all: true })).map(({ address }) => address),
    asked: () => asked,
    pass: (ms: number) => {
      now += ms;
    },
  };
};

describe('createCachedLookup', () => {
  it('asks once in 30 seconds and spreads calls over the addresses', async () => {
    const dns = start([]);
    expect(await dns.look()).toEqual(['10.0.0.1', '10.0.0.2']);
    expect(await dns.look()).toEqual(['10.0.0.2', '10.0.0.1']);
    expect(dns.asked()).toBe(1);
    dns.pass(30_001);
    await dns.look();
    expect(dns.asked()).toBe(2);
  });

  it('does not cache a failure', async () => {
    const dns = start([new Error('EAI_AGAIN')]);
    await expect(dns.look()).rejects.toThrow('EAI_AGAIN');
    expect(await dns.look()).toHaveLength(2);
  });
});
