import { describe, expect, it } from '@jest/globals';
import { apiHosts } from '../../../../packages/local/gateway/api-hosts.ts';

const DOMAIN_NAME = 'abcdefghij.execute-api.eu-central-1.amazonaws.com';
const PATH = '/production/@connections/x';
const MAPPINGS = [
  { domainName: 'ws.example.com', basePath: '', stageName: 'production' },
  { domainName: 'ws.example.com', basePath: 'beta', stageName: 'dev' },
  { domainName: 'chat.example.com', basePath: 'chat', stageName: 'production' },
  { domainName: 'chat.example.com', basePath: 'chat/v1', stageName: 'dev' },
];

const hostsOn = (listeningOn: string) => apiHosts({ listeningOn, domainName: DOMAIN_NAME, mappings: MAPPINGS });

describe('apiHosts', () => {
  it.each(['127.0.0.1', 'localhost', '::1', '127.0.0.2'])(
    'accepts only names of this machine if it listens on %s',
    (address) => {
      const { stagePath, domainName } = hostsOn(address);
      for (const host of [
        DOMAIN_NAME,
        `${DOMAIN_NAME}:443`,
        'localhost',
        'LOCALHOST:3001',
        'a.localhost',
        '127.0.0.1:3001',
        '[::1]:3001',
      ]) {
        expect([host, stagePath(host, PATH), domainName(host)]).toEqual([host, PATH, DOMAIN_NAME]);
      }
      for (const host of [
        'example.com',
        'localhost.example.com',
        `x${DOMAIN_NAME}`,
        'x.ws.example.com',
        '127.0.0.1.example.com',
        '',
        undefined,
      ]) {
        expect([host, stagePath(host, PATH)]).toEqual([host, undefined]);
      }
    },
  );

  it.each(['0.0.0.0', '::', '192.168.1.5'])('accepts any name if it listens on %s', (address) => {
    expect(hostsOn(address).stagePath('my-laptop.lan:3001', PATH)).toBe(PATH);
  });

  it.each([
    ['ws.example.com', '/@connections/x', '/production/@connections/x'],
    ['WS.example.com:443', '/@connections/x', '/production/@connections/x'],
    ['ws.example.com', '/', '/production/'],
    ['ws.example.com', '/?token=a/b', '/production/?token=a/b'],
    ['ws.example.com', '/beta/@connections/x', '/dev/@connections/x'],
    ['ws.example.com', '/beta', '/dev'],
    ['ws.example.com', '/beta?token=a', '/dev?token=a'],
    ['ws.example.com', '/betas', '/production/betas'],
    ['ws.example.com', '/production/@connections/x', '/production/production/@connections/x'],
    ['chat.example.com', '/chat/@connections/x', '/production/@connections/x'],
    ['chat.example.com', '/chat/v1/@connections/x', '/dev/@connections/x'],
    ['chat.example.com', '/chat/v1', '/dev'],
    ['chat.example.com', '/chat/v12?a', '/production/v12?a'],
    ['chat.example.com', '/production/@connections/x', undefined],
    ['chat.example.com', '/', undefined],
  ])('finds the stage of http://%s%s', (host, url, path) => {
    const { stagePath, domainName } = hostsOn('127.0.0.1');
    expect(stagePath(host, url)).toBe(path);
    expect(domainName(host)).toBe(host.toLowerCase().replace(':443', ''));
  });
});
