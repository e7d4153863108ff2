import { afterEach, describe, expect, it } from '@jest/globals';
import { RawSocket, upgradeRequest } from '../support/raw-socket.ts';
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts';

let running: TestGateway;
afterEach(() => running.stop());

describe('the limits of HTTP', () => {
  it('end half an upgrade, but not an older request that lacks only its body', async () => {
    running = await startTestGateway();
    const { gateway, call } = running;
    const bodiless = new RawSocket(gateway.port).send(
      'POST /production/@connections/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\n',
    );
    await call('/production', { method: 'GET' }); // when it answers, the gateway has read that request too
    const half = new RawSocket(gateway.port).send(upgradeRequest().slice(0, 60));
    expect(await half.ended).toMatch(/^HTTP\/1\.1 408 /);
    await call('/production', { method: 'GET' }); // when it answers, an answer to the older request would have come
    expect([bodiless.received.toString(), bodiless.socket.readyState]).toEqual(['', 'open']);
    bodiless.socket.destroy();
    expect(gateway.connections()).toBe(0);
  });
});
