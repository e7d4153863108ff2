import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, it } from '@jest/globals';
import { until } from '../../../../support/until.ts';
import { clientFrame, hugeFrameHeader } from '../support/client-frame.ts';
import { RawSocket, upgradeRequest } from '../support/raw-socket.ts';
import { DOMAIN_NAME, startTestGateway, type TestGateway, type TestGatewayOptions } from '../support/test-gateway.ts';

const ok = (): unknown => ({ statusCode: 200 });
const recorded = { $connect: ok, $disconnect: ok, $default: ok };

let running: TestGateway;
const start = async (options: TestGatewayOptions = { functions: recorded }): Promise<TestGateway> => {
  running = await startTestGateway(options);
  return running;
};
afterEach(() => running.stop());

const disconnectOf = ({ events }: TestGateway) =>
  until(() => events.find(({ requestContext }) => requestContext.eventType === 'DISCONNECT'));

/** A raw connection after its handshake. */
const openRaw = async ({ gateway }: TestGateway): Promise<RawSocket> => {
  const raw = new RawSocket(gateway.port).send(upgradeRequest());
  await raw.until('\r\n\r\n');
  return raw;
};

/** The code and the reason of the close frame that ended a raw connection. */
const closeFrameOf = async (raw: RawSocket): Promise<{ code: number; reason: string }> => {
  await raw.ended;
  const bytes = raw.received.subarray(raw.received.indexOf('\r\n\r\n') + 4);
  expect(bytes[0]).toBe(0x88);
  return { code: bytes.readUInt16BE(2), reason: bytes.subarray(4).toString() };
};

describe('the event of $disconnect', () => {
  it('has the four headers and exactly the fields that API Gateway sends', async () => {
    const test = await start();
    const client = await test.connect().opened();
    client.webSocket.close(4_001, 'done');
    const { headers, multiValueHeaders, requestContext, ...rest } = await disconnectOf(test);
    expect(rest).toEqual({ isBase64Encoded: false });
    expect({ ...headers }).toEqual({ Host: DOMAIN_NAME, 'x-api-key': '', 'X-Forwarded-For': '', 'x-restapi': '' });
    expect({ ...multiValueHeaders }).toEqual({
      Host: [DOMAIN_NAME],
      'x-api-key': [''],
      'X-Forwarded-For': [''],
      'x-restapi': [''],
    });
    const { connectionId, connectedAt, identity, apiId } = test.events[0].requestContext;
    expect(requestContext).toEqual({
      routeKey: '$disconnect',
      disconnectStatusCode: 4_001,
      disconnectReason: 'done',
      eventType: 'DISCONNECT',
      extendedRequestId: requestContext.requestId,
      requestTime: expect.any(String),
      messageDirection: 'IN',
      stage: 'production',
      connectedAt,
      requestTimeEpoch: expect.any(Number),
      identity,
      requestId: expect.stringMatching(/^[\w-]{15}=$/),
      domainName: DOMAIN_NAME,
      connectionId,
      apiId,
    });
  });

  it.each<[string, (client: import('ws').WebSocket) => void, number, string]>([
    ['close() without a code', (client) => client.close(), 1005, 'Client-side close frame status not set'],
    ['close(1000)', (client) => client.close(1_000), 1000, ''],
    ['close(1001), as a browser that leaves', (client) => client.close(1_001), 1001, ''],
    ['no close frame', (client) => client.terminate(), 1006, 'Connection closed abnormally'],
  ])('gives the code and the reason of the close: %s', async (_, leave, disconnectStatusCode, disconnectReason) => {
    const test = await start();
    leave((await test.connect().opened()).webSocket);
    expect((await disconnectOf(test)).requestContext).toMatchObject({ disconnectStatusCode, disconnectReason });
  });

  it('comes once, after the connection is gone: posts get 410 by then', async () => {
    let status: number | undefined;
    const $disconnect = async ({ requestContext }: { requestContext: { connectionId: string } }): Promise<unknown> => {
      const path = `/production/@connections/${encodeURIComponent(requestContext.connectionId)}`;
      status = (await running.call(path, { body: 'still there?' })).statusCode;
      return ok();
    };
    const test = await start({ functions: { ...recorded, $disconnect } });
    const client = await test.connect().opened();
    client.webSocket.close();
    await until(() => status !== undefined);
    expect(status).toBe(410);
    expect(test.events).toHaveLength(2);
    expect(test.gateway.connections()).toBe(0);
  });

  it('may fail without an effect', async () => {
    const test = await start({ functions: { ...recorded, $disconnect: () => Promise.reject(new Error('inside')) } });
    (await test.connect().opened()).webSocket.close();
    await disconnectOf(test);
    await test.connect().opened();
  });
});

describe('a frame or message that API Gateway does not accept', () => {
  it('closes with 1009 for a frame of more than 32 KB, not for one of 32 KB', async () => {
    const test = await start();
    const client = await test.connect().opened();
    client.send('a'.repeat(32_768));
    client.send('a'.repeat(32_769));
    expect(await client.closed).toEqual({ code: 1009, reason: '' });
    expect(test.events.filter(({ body }) => body).map(({ body }) => body.length)).toEqual([32_768]);
    expect((await disconnectOf(test)).requestContext.disconnectStatusCode).toBe(1009);
    expect(test.log).toContainEqual({
      type: 'closed',
      connection: expect.stringMatching(/^[0-9a-f]{12}$/),
      code: 1009,
      why: 'a frame of 32769 bytes: send at most 32768 bytes a frame',
    });
  });

  it('closes for a frame header that claims 2^63 bytes, without waiting for them', async () => {
    const raw = (await openRaw(await start())).send(hugeFrameHeader());
    expect(await closeFrameOf(raw)).toEqual({ code: 1009, reason: '' });
  });

  it('closes with 1009 for a message of more than 128 KB, not for one of 128 KB in four frames', async () => {
    const test = await start();
    const client = await test.connect().opened();
    const frame = 'a'.repeat(32_768);
    const sendMessage = (frames: string[]): void => {
      for (const [index, text] of frames.entries()) client.webSocket.send(text, { fin: index === frames.length - 1 });
    };
    sendMessage([frame, frame, frame, frame]);
    await until(() => test.events.some(({ body }) => body?.length === 131_072));
    sendMessage([frame, frame, frame, frame, 'a']);
    expect((await client.closed).code).toBe(1009);
    expect((await disconnectOf(test)).requestContext.disconnectStatusCode).toBe(1009);
  });

  it('closes with 1003 for a binary frame, and its bytes reach no function', async () => {
    const test = await start();
    const client = await test.connect().opened();
    client.send(Buffer.from('binary'));
    expect(await client.closed).toEqual({ code: 1003, reason: '' });
    expect((await disconnectOf(test)).requestContext).toMatchObject({
      disconnectStatusCode: 1003,
      disconnectReason: '',
    });
    expect(test.events.map(({ requestContext }) => requestContext.eventType)).toEqual(['CONNECT', 'DISCONNECT']);
  });

  it.each<[string, Buffer, number]>([
    ['invalid UTF-8', clientFrame(Buffer.from([0xff, 0xfe, 0xc3])), 1007],
    ['UTF-8 cut off at the end of the message', clientFrame(Buffer.from([0xe2, 0x82])), 1007],
    ['a reserved bit', clientFrame(Buffer.from('x'), { reserved: 4 }), 1002],
    ['a reserved opcode', clientFrame(Buffer.from('x'), { opcode: 0x3 }), 1002],
    ['an unmasked frame', clientFrame(Buffer.from('x'), { masked: false }), 1002],
    ['a continuation without a first frame', clientFrame(Buffer.from('x'), { opcode: 0x0 }), 1002],
    ['a fragmented ping', clientFrame(Buffer.from('x'), { opcode: 0x9, fin: false }), 1002],
    ['a ping of 126 bytes', clientFrame(Buffer.alloc(126), { opcode: 0x9 }), 1002],
    ['a close of one byte', clientFrame(Buffer.from([3]), { opcode: 0x8 }), 1002],
    ['a close with an invalid code', clientFrame(Buffer.from([0, 5]), { opcode: 0x8 }), 1002],
    ['a close with the code 1006', clientFrame(Buffer.from([3, 0xee]), { opcode: 0x8 }), 1002],
  ])('closes for %s as RFC 6455 says, and keeps other connections', async (_, frame, code) => {
    const test = await start();
    const other = await test.connect().opened();
    const raw = await openRaw(test);
    expect(await closeFrameOf(raw.send(frame))).toMatchObject({ code });
    expect((await disconnectOf(test)).requestContext.disconnectStatusCode).toBe(code);
    const path = `/production/@connections/${encodeURIComponent(test.events[0].requestContext.connectionId)}`;
    await test.call(path, { body: 'still here' });
    expect(await other.next()).toBe('still here');
  });

  it('is the last one that is read, however many follow', async () => {
    const test = await start();
    const raw = await openRaw(test);
    raw.send(clientFrame(randomBytes(2_000_000)));
    await raw.ended;
    await disconnectOf(test);
    expect(test.log.filter(({ type }) => type === 'closed')).toHaveLength(1);
  });

  it('drops the frames after it', async () => {
    const test = await start();
    const raw = await openRaw(test);
    const bytes = [clientFrame(Buffer.from('before')), clientFrame(Buffer.from('x'), { opcode: 2 })];
    raw.send(Buffer.concat([...bytes, clientFrame(Buffer.from('after'))]));
    await raw.ended;
    expect(test.events.flatMap(({ body }) => body ?? [])).toEqual(['before']);
  });
});

describe('an open connection', () => {
  it('answers a ping with its bytes', async () => {
    const { connect } = await start();
    const client = await connect().opened();
    const pong = new Promise((resolve) => client.webSocket.once('pong', (data) => resolve(data.toString())));
    client.webSocket.ping('are you there');
    expect(await pong).toBe('are you there');
  });

  it('ends if its client floods it with pings and reads no pong', async () => {
    const test = await start();
    const raw = await openRaw(test);
    raw.socket.pause();
    const pings = Buffer.concat(Array.from({ length: 2_000 }, () => clientFrame(Buffer.alloc(125), { opcode: 0x9 })));
    const flood = (): void => {
      while (!raw.socket.destroyed && raw.socket.write(pings));
    };
    raw.socket.on('drain', flood);
    flood();
    expect((await disconnectOf(test)).requestContext.disconnectStatusCode).toBe(1006);
  });

  it('reads bytes that came in one packet with its handshake', async () => {
    const test = await start();
    const raw = new RawSocket(test.gateway.port);
    raw.send(Buffer.concat([Buffer.from(upgradeRequest()), clientFrame(Buffer.from('in one packet'))]));
    await until(() => test.events.length >= 2);
    expect(test.events[1].body).toBe('in one packet');
  });
});
