import { afterEach, describe, expect, it } from '@jest/globals';
import type { Authority } from '../../../../../packages/local/model/application.ts';
import { RawSocket, upgradeRequest } from '../support/raw-socket.ts';
import { startTestGateway, type TestGateway, type TestGatewayOptions } from '../support/test-gateway.ts';

const NOBODY = '/production/@connections/QyiABCdefGHIjkl%3D';

let running: TestGateway;
const start = async (options?: TestGatewayOptions): Promise<TestGateway> => {
  running = await startTestGateway(options);
  return running;
};
afterEach(() => running.stop());

interface Post {
  path?: string;
  headers?: readonly string[];
  body?: string;
}

/** An unsigned post. It is refused: "Missing Authentication Token", or "Forbidden" on an unknown path. */
const post = ({ path = NOBODY, headers = [], body = 'hello' }: Post = {}): string =>
  [`POST ${path} HTTP/1.1`, 'Host: localhost', ...headers, `Content-Length: ${body.length}`, '', body].join('\r\n');

const open = (): RawSocket => new RawSocket(running.gateway.port);
const aMoment = (): Promise<void> => new Promise(setImmediate);
const answers = (text: string, count: number): RegExp => new RegExp(`(HTTP/1.1 403 [^]*?"${text}"}){${count}}`);

/** Removes the headers that differ with each answer. */
const lasting = (answer: string): string => answer.replace(/^(x-amzn-RequestId|Date): .*\r\n/gim, '');

describe('a post', () => {
  it.each<[string, string]>([
    ['to nobody', post()],
    ['to an unknown path', post({ path: '/nowhere' })],
    ['with headers in any case', post({ headers: ['X-AMZ-DATE: x', 'authorization:AWS4-HMAC-SHA256 x'] })],
    ['without a body', post({ body: '' })],
    ['to another host', post().replace('localhost', 'evil.example.com')],
  ])('%s gets the same answer whether it comes whole or in packets', async (_, text) => {
    await start();
    const whole = await open().send(text).until('"}');
    const split = open();
    for (const packet of [text.slice(0, 20), text.slice(20, -3), text.slice(-3)]) {
      split.send(packet);
      await aMoment();
    }
    const inPackets = await split.until('"}');
    expect(lasting(inPackets)).toBe(lasting(whole));
    expect(whole).toMatch(/^HTTP\/1\.1 403 Forbidden\r\n/);
  });
});

describe('a socket', () => {
  it('carries posts one after the other', async () => {
    await start();
    const raw = open();
    for (let count = 1; count <= 3; count++) {
      raw.received = Buffer.alloc(0);
      expect(await raw.send(post()).until('"}')).toMatch(answers('Missing Authentication Token', 1));
    }
  });

  it('carries posts that do not wait for answers, in their order', async () => {
    await start();
    const raw = open().send(post() + post() + post({ path: '/nowhere' }));
    expect(await raw.until('"Forbidden"}')).toMatch(answers('Missing Authentication Token', 2));
  });

  it('carries other requests before, between and after posts', async () => {
    await start();
    const raw = open();
    const get = 'GET /production HTTP/1.1\r\nHost: localhost\r\n\r\n';
    for (const [request, status] of [
      [post(), 403],
      [get, 426],
      [post(), 403],
      [get, 426],
    ] as const) {
      raw.received = Buffer.alloc(0);
      expect(await raw.send(request).until('"}')).toContain(`HTTP/1.1 ${status} `);
    }
  });

  it('carries an upgrade after a post', async () => {
    const test = await start({ functions: { $connect: () => ({ statusCode: 200 }) } });
    const raw = open();
    await raw.send(post()).until('"}');
    await raw.send(upgradeRequest()).until('HTTP/1.1 101 ');
    expect(test.gateway.connections()).toBe(1);
  });

  it('is closed when the caller closes its side', async () => {
    await start();
    const raw = open();
    await raw.send(post()).until('"}');
    raw.socket.end();
    expect(await raw.ended).toMatch(answers('Missing Authentication Token', 1));
  });

  it('is closed if the caller asks for it', async () => {
    await start();
    expect(await open().send(post({ headers: ['Connection: close'] })).ended).toContain('Connection: close');
  });

  it('with a smuggled second length is refused', async () => {
    await start();
    const answer = await open().send(post({ headers: ['Content-Length: 50'] })).ended;
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  });
});

it('breaks off only the call whose answer fails, and logs it', async () => {
  const authority: Authority = {
    decide: () => {
      throw new Error('a defect');
    },
  };
  const test = await start({ authority });
  await expect(test.call(NOBODY, { body: 'x' })).rejects.toThrow('socket hang up');
  expect(test.log).toEqual([
    { type: 'call-refused', call: 'a call to @connections', statusCode: 500, why: 'a defect' },
  ]);
  expect(await open().send(post()).until('"}')).toMatch(answers('Missing Authentication Token', 1));
});
