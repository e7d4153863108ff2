import { describe, expect, it } from '@jest/globals';
import { ownHost } from '../../../local/gateway/own-host.ts';

const DOMAIN_NAME = 'abcdefghij.execute-api.eu-central-1.amazonaws.com';

describe('ownHost', () => {
  it.each(['127.0.0.1', 'localhost', '::1', '127.0.0.2'])(
    'takes names of this machine alone when it listens on %s',
    (address) => {
      const isOwn = ownHost(address, DOMAIN_NAME);
      for (const host of [
        DOMAIN_NAME,
        `${DOMAIN_NAME}:443`,
        'localhost',
        'LOCALHOST:3001',
        'a.localhost',
        '127.0.0.1:3001',
        '[::1]:3001',
      ]) {
        expect([host, isOwn(host)]).toEqual([host, true]);
      }
      for (const host of [
        'example.com',
        'localhost.example.com',
        `x${DOMAIN_NAME}`,
        '127.0.0.1.example.com',
        '',
        undefined,
      ]) {
        expect([host, isOwn(host)]).toEqual([host, false]);
      }
    },
  );

  it.each(['0.0.0.0', '::', '192.168.1.5'])('takes any name when it listens on %s', (address) => {
    expect(ownHost(address, DOMAIN_NAME)('my-laptop.lan:3001')).toBe(true);
  });
});
