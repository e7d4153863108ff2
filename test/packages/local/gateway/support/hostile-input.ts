import { randomBytes, randomInt } from 'node:crypto';
import { clientFrame, hugeFrameHeader } from './client-frame.ts';
import { upgradeRequest } from './raw-socket.ts';

const some = <T>(choices: readonly T[]): T => choices[randomInt(choices.length)] as T;
const junk = (): Buffer => randomBytes(randomInt(1, 2_000));

/** Bytes that follow a finished handshake. */
const FRAMES: readonly (() => Buffer)[] = [
  junk,
  hugeFrameHeader,
  () => clientFrame(junk()),
  () => clientFrame(junk(), { opcode: randomInt(16), fin: some([true, false]), reserved: randomInt(8) }),
  () => clientFrame(junk(), { masked: false }),
  () => clientFrame(Buffer.from([randomInt(256), randomInt(256)]), { opcode: 0x8 }),
  () => clientFrame(Buffer.from([0xff, 0xc0, 0x80])),
  () => clientFrame(Buffer.from('{"action":"send-message"'), { fin: false }),
  () => clientFrame(Buffer.alloc(40_000, 'a')),
  () => clientFrame(Buffer.from(`{"action":${'['.repeat(15_000)}${']'.repeat(15_000)}}`)),
  () => clientFrame(Buffer.from('half a frame')).subarray(0, randomInt(1, 10)),
  () => Buffer.concat(Array.from({ length: 100 }, () => clientFrame(Buffer.alloc(100), { opcode: 0x9 }))),
];

const REQUESTS: readonly (() => string | Buffer)[] = [
  junk,
  () => upgradeRequest().slice(0, randomInt(1, 120)),
  () => upgradeRequest('/production', { 'Sec-WebSocket-Key': junk().toString('latin1') }),
  () => upgradeRequest(`/${junk().toString('latin1')}`),
  () => upgradeRequest('/production', { Upgrade: some(['h2c', 'websocket, h2c', '']) }),
  () => upgradeRequest('/production', { 'Sec-WebSocket-Protocol': ',,;' }),
  () => upgradeRequest('/production', { Host: 'evil.example.com' }),
  () => upgradeRequest('/production', { Host: undefined }),
  () => `GET /production HTTP/1.1\r\nHost: x\r\n${'a: b\r\n'.repeat(10_000)}\r\n`,
  () =>
    `POST /production/@connections/${encodeURIComponent(junk().toString('latin1'))} HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n`,
  () =>
    `POST /production/@connections/x%3D HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nfffffff\r\n`,
  () =>
    `POST /production/@connections/x%3D HTTP/1.1\r\nHost: localhost\r\nAuthorization: AWS4-HMAC-SHA256 ${junk().toString('hex')}\r\nContent-Length: 0\r\n\r\n`,
  () => `${some(['CONNECT', 'TRACE', 'OPTIONS', 'PRI'])} * HTTP/${some(['1.1', '2.0', '0.9'])}\r\n\r\n`,
  () => Buffer.concat([Buffer.from([0x16, 0x03, 0x01]), junk()]), // the beginning of a TLS handshake
];

/** Packets that no honest client sends, in order, for one TCP connection. */
export const hostileInput = (): (string | Buffer)[] => {
  if (randomInt(2) === 0) return [some(REQUESTS)()];
  return [upgradeRequest(), ...Array.from({ length: randomInt(1, 6) }, () => some(FRAMES)())];
};
