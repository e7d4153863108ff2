import { expect, it } from '@jest/globals';
import { parsePost } from '../../../../../packages/local/gateway/calls/parse-post.ts';

const PLAIN = ['Host: localhost', 'content-length: 5', 'X-Amz-Date:  20261121T000000Z '];

const post = (lines: readonly string[] = PLAIN, body = 'hello', line = 'POST /s/@connections/x%3D HTTP/1.1'): Buffer =>
  Buffer.from([line, ...lines, '', body].join('\r\n'), 'latin1');

it('reads method, target, headers by lower-case name, and body', () => {
  expect(parsePost(post())).toEqual({
    method: 'POST',
    url: '/s/@connections/x%3D',
    headers: { host: 'localhost', 'content-length': '5', 'x-amz-date': '20261121T000000Z' },
    body: Buffer.from('hello'),
  });
});

it.each<[string, Buffer]>([
  ['nothing', Buffer.alloc(0)],
  ['half a head', post().subarray(0, 30)],
  ['half a body', post().subarray(0, -1)],
  ['more than one request', Buffer.concat([post(), post()])],
  ['another method', post(PLAIN, 'hello', 'GET /s/@connections/x%3D HTTP/1.1')],
  ['another version', post(PLAIN, 'hello', 'POST /s/@connections/x%3D HTTP/1.0')],
  ['an absolute target', post(PLAIN, 'hello', 'POST http://localhost/s HTTP/1.1')],
  ['a target with a space', post(PLAIN, 'hello', 'POST /s /t HTTP/1.1')],
  ['a target that is not ASCII', post(PLAIN, 'hello', 'POST /\xfc HTTP/1.1')],
  ['no host', post(PLAIN.slice(1))],
  ['no length', post([PLAIN[0] as string])],
  ['a length that is not decimal', post(['Host: localhost', 'Content-Length: 0x5'])],
  ['a length with a sign', post(['Host: localhost', 'Content-Length: +5'])],
  ['two lengths', post([...PLAIN, 'Content-Length: 5'])],
  ['a header twice', post([...PLAIN, 'x-amz-date: 20261121T000000Z'])],
  ['a folded header', post([...PLAIN, ' folded'])],
  ['a header without a colon', post([...PLAIN, 'broken'])],
  ['a space before the colon', post([...PLAIN, 'x-a : b'])],
  ['a bare line feed', post([...PLAIN, 'x-a: b\nTransfer-Encoding: chunked'])],
  ['a value that is not ASCII', post([...PLAIN, 'x-a: \xfc'])],
  ['a name that every object has', post([...PLAIN, 'constructor: x', '__proto__: x'])],
  ['chunks', post([...PLAIN, 'Transfer-Encoding: chunked'])],
  ['a wait for 100 Continue', post([...PLAIN, 'Expect: 100-continue'])],
  ['an upgrade', post([...PLAIN, 'Upgrade: websocket'])],
  ['a connection to be closed', post([...PLAIN, 'Connection: close'])],
])('leaves %s to node:http', (_, bytes) => {
  expect(parsePost(bytes)).toBeUndefined();
});
