import { request as httpRequest } from 'node:http';
import { Duplex } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type HttpResponse, ResponseReader } from '../../../../aws/posting/http/response-reader.ts';

const HEAD = 'HTTP/1.1 200 OK\r\n';

/** Reads the pieces until the response is complete. */
const read = (...pieces: string[]): HttpResponse | undefined => {
  const reader = new ResponseReader();
  for (const piece of pieces) {
    const response = reader.read(Buffer.from(piece, 'latin1'));
    if (response !== undefined) return response;
  }
  return undefined;
};

describe('ResponseReader', () => {
  it('reads an answer of API Gateway', () => {
    const text = `HTTP/1.1 410 Gone\r\nDate: Fri, 20 Nov 2026 23:44:55 GMT\r\nContent-Length: 2\r\nx-amzn-ErrorType: GoneException\r\n\r\nno`;
    expect(read(text)).toEqual({
      status: 410,
      date: 'Fri, 20 Nov 2026 23:44:55 GMT',
      errorType: 'GoneException',
      body: 'no',
      reusable: true,
    });
  });

  it.each([
    ['a body of known length', `${HEAD}content-length: 3\r\n\r\nabc`, 'abc', true],
    ['no body for 204', 'HTTP/1.1 204 No Content\r\n\r\n', '', true],
    [
      'chunks, extensions and trailers',
      `${HEAD}transfer-encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n1\r\nd\r\n0\r\nT: u\r\n\r\n`,
      'abcd',
      true,
    ],
    [
      '100 and 103 before the answer',
      `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n${HEAD}content-length: 0\r\n\r\n`,
      '',
      true,
    ],
    ['a status line without a reason', 'HTTP/1.1 200\r\ncontent-length: 0\r\n\r\n', '', true],
    ['204 that announces a body', 'HTTP/1.1 204 No Content\r\ncontent-length: 5\r\n\r\n', '', false],
    ['204 that announces chunks', 'HTTP/1.1 204 No Content\r\ntransfer-encoding: chunked\r\n\r\n', '', false],
    ['204 that announces no bytes', 'HTTP/1.1 204 No Content\r\ncontent-length: 0\r\n\r\n', '', true],
    ['connection: close', `${HEAD}connection: Close\r\ncontent-length: 0\r\n\r\n`, '', false],
    ['HTTP/1.0', 'HTTP/1.0 200 OK\r\ncontent-length: 0\r\n\r\n', '', false],
    ['more bytes than the answer should have', `${HEAD}content-length: 1\r\n\r\nab`, 'a', false],
    ['a second answer after the first', `${HEAD}content-length: 0\r\n\r\n${HEAD}content-length: 0\r\n\r\n`, '', false],
  ])('reads %s', (_, text, body, reusable) => {
    expect(read(text)).toMatchObject({ body, reusable });
  });

  it.each([
    ['garbage', '\x16\x03\x01garbage\r\n\r\n'],
    ['another protocol', 'HTTP/2 200\r\n\r\n'],
    ['an invalid status', 'HTTP/1.1 20 OK\r\n\r\n'],
    ['101 without a request for an upgrade', 'HTTP/1.1 101 Switching Protocols\r\n\r\n'],
    [
      '100 that announces a body',
      `HTTP/1.1 100 Continue\r\ncontent-length: 38\r\n\r\n${HEAD}content-length: 0\r\n\r\n`,
    ],
    ['a header without a colon', `${HEAD}nothing\r\n\r\n`],
    ['a folded header', `${HEAD}a: b\r\n c: d\r\n\r\n`],
    ['a space before the colon', `${HEAD}content-length : 0\r\n\r\n`],
    ['a line feed alone', `${HEAD}a: b\ncontent-length: 0\r\n\r\n`],
    ['a carriage return alone', `${HEAD}a: b\rc\r\ncontent-length: 0\r\n\r\n`],
    ['a negative length', `${HEAD}content-length: -1\r\n\r\n`],
    ['two lengths that differ', `${HEAD}content-length: 1\r\ncontent-length: 2\r\n\r\n`],
    ['both a length and chunks', `${HEAD}content-length: 1\r\ntransfer-encoding: chunked\r\n\r\n`],
    ['an unknown coding', `${HEAD}transfer-encoding: gzip, chunked\r\n\r\n`],
    ['a chunk without a size', `${HEAD}transfer-encoding: chunked\r\n\r\nz\r\n`],
    ['a chunk longer than its size', `${HEAD}transfer-encoding: chunked\r\n\r\n1\r\nabc\r\n`],
    ['a head that does not end', `${HEAD}${'a: b\r\n'.repeat(8_000)}`],
  ])('refuses %s', (_, text) => {
    expect(() => read(text)).toThrow(expect.objectContaining({ code: 'MALFORMED_RESPONSE' }));
  });

  it('is answered once the head is complete, even if the body never ends', () => {
    for (const framing of ['content-length: 9', 'transfer-encoding: chunked', 'x: y']) {
      const reader = new ResponseReader();
      expect(reader.read(Buffer.from(`HTTP/1.1 400 Bad Request\r\n${framing}\r\n\r\n5`))).toBeUndefined();
      expect(reader.end()).toMatchObject({ status: 400, body: '5', reusable: false });
    }
  });

  it('is not answered while the head is incomplete', () => {
    const reader = new ResponseReader();
    reader.read(Buffer.from('HTTP/1.1 200 OK\r\ncontent-le'));
    expect(reader.end()).toBeUndefined();
  });

  it('stops reading a body that is larger than any answer of API Gateway', () => {
    for (const framing of ['content-length: 999999', 'transfer-encoding: chunked', 'x: y']) {
      const response = read(`${HEAD}${framing}\r\n\r\n`, `fffff\r\n${'a'.repeat(40_000)}`);
      expect(response).toMatchObject({ status: 200, reusable: false });
    }
  });

  it('does not keep the buffer of its caller', () => {
    const reader = new ResponseReader();
    const bytes = Buffer.from(`${HEAD}content-length: 3\r\n\r\nab`);
    reader.read(bytes);
    bytes.fill(0);
    expect(reader.read(Buffer.from('c'))).toMatchObject({ body: 'abc' });
  });
});

const token = fc
  .stringMatching(/^[a-z][a-z0-9-]{0,15}$/)
  .filter(
    (name) => !/^(content-length|transfer-encoding|connection|keep-alive|upgrade|proxy-connection|trailer)$/.test(name),
  );
const value = fc.stringMatching(/^[!-~]([ -~]{0,20}[!-~])?$/);
const body = fc.string({ unit: 'binary-ascii', maxLength: 200 });
const chunks = (text: string, sizes: readonly number[]): string => {
  let encoded = '';
  let position = 0;
  for (const size of sizes) {
    const chunk = text.slice(position, position + size);
    position += chunk.length;
    if (chunk !== '') encoded += `${chunk.length.toString(16)}\r\n${chunk}\r\n`;
  }
  if (position < text.length) encoded += `${(text.length - position).toString(16)}\r\n${text.slice(position)}\r\n`;
  return `${encoded}0\r\n\r\n`;
};
const response = fc
  .record({
    informational: fc.array(fc.constantFrom(100, 102, 103), { maxLength: 2 }),
    status: fc.constantFrom(200, 204, 400, 403, 410, 413, 429, 500, 503),
    headers: fc.array(fc.tuple(token, value), { maxLength: 5 }),
    body,
    sizes: fc.option(fc.array(fc.integer({ min: 1, max: 50 }), { maxLength: 5 }), { nil: undefined }),
    close: fc.boolean(),
  })
  .map(({ informational, status, headers, body, sizes, close }) => {
    const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
    const framed =
      status === 204
        ? '\r\n'
        : sizes === undefined
          ? `Content-Length: ${body.length}\r\n\r\n${body}`
          : `Transfer-Encoding: chunked\r\n\r\n${chunks(body, sizes)}`;
    const before = informational.map((code) => `HTTP/1.1 ${code} Wait\r\n\r\n`).join('');
    return `${before}HTTP/1.1 ${status} Reason\r\n${lines}${close ? 'Connection: close\r\n' : ''}${framed}`;
  });

const split = (text: string, cuts: readonly number[]): string[] => {
  const places = [0, ...cuts.map((cut) => cut % (text.length + 1)).sort((a, b) => a - b), text.length];
  return places.slice(1).map((place, index) => text.slice(places[index], place));
};

/** Reads the bytes with Node's own client. Resolves to `undefined` if it finds an error. */
const readByNode = (text: string): Promise<{ status: number | undefined; body: string } | undefined> =>
  new Promise((resolve) => {
    const socket = new Duplex({ read: () => {}, write: (_chunk, _encoding, done) => done() });
    const request = httpRequest({ createConnection: () => socket, method: 'POST', host: 'test' });
    request.on('error', () => resolve(undefined));
    request.on('response', (message) => {
      let body = '';
      message.setEncoding('latin1');
      message.on('data', (piece: string) => {
        body += piece;
      });
      message.on('error', () => resolve(undefined));
      message.on('end', () => resolve({ status: message.statusCode, body }));
    });
    request.end();
    socket.push(Buffer.from(text, 'latin1'));
    socket.push(null);
  });

describe('ResponseReader with random bytes', () => {
  it('reads the same response in one piece and in many', () => {
    fc.assert(
      fc.property(response, fc.array(fc.nat(), { maxLength: 8 }), (text, cuts) => {
        expect(read(...split(text, cuts))).toEqual(read(text));
        expect(read(text)).toBeDefined();
      }),
      { numRuns: 500 },
    );
  });

  it('reads the same response as Node', async () => {
    await fc.assert(
      fc.asyncProperty(response, async (text) => {
        const { status, body } = read(text) ?? {};
        expect({ status, body }).toEqual(await readByNode(text));
      }),
      { numRuns: 300 },
    );
  });

  it('never reads another answer than Node from damaged bytes', async () => {
    const damage = fc.tuple(fc.nat(), fc.constantFrom('', '\r', '\n', '\r\n', ' ', ':', '0', '9', 'x', '\0', '\x80'));
    await fc.assert(
      fc.asyncProperty(response, fc.array(damage, { minLength: 1, maxLength: 3 }), async (text, damages) => {
        let damaged = text;
        for (const [place, put] of damages) {
          const at = place % (damaged.length + 1);
          damaged = damaged.slice(0, at) + put + damaged.slice(at + 1);
        }
        let parsed: HttpResponse | undefined;
        try {
          parsed = read(damaged);
        } catch (error) {
          expect(error).toMatchObject({ code: 'MALFORMED_RESPONSE' });
        }
        // A wrong end of the body is harmless if the socket is not used again.
        if (parsed === undefined || !parsed.reusable) return;
        const { status, body } = parsed;
        const expected = await readByNode(damaged);
        if (expected !== undefined) expect({ status, body }).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });
});
