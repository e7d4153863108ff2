import { describe, expect, it, jest } from '@jest/globals';
import middy from '@middy/core';
import { refuseExpiredToken } from '../../../middleware/connect/refuse-expired-token.ts';
import type { WebSocketEvent } from '../../../schemas/web-socket-event.ts';
import { aConnectEvent, aContext, aDisconnectEvent, aMessageEvent } from '../../../testing/index.ts';

const handle = (event: WebSocketEvent): Promise<unknown> =>
  middy(() => 'handled').use(refuseExpiredToken())(event as never, aContext());
const authorizer = (secondsLeft: number) => ({ exp: String(Math.floor(Date.now() / 1_000) + secondsLeft) });

describe('refuseExpiredToken', () => {
  it('refuses a message of a connection whose token has expired', async () => {
    const message = aMessageEvent({ authorizer: authorizer(-1), body: 'hi' });
    await expect(handle(message)).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
  });

  it('refuses messages from the second in which the token expires', async () => {
    jest.useFakeTimers({ now: 1_700_000_000_000 });
    const message = (exp: number) => handle(aMessageEvent({ authorizer: { exp: String(exp) } }));
    await expect(message(1_700_000_000)).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
    expect(await message(1_700_000_001)).toBe('handled');
    jest.useRealTimers();
  });

  it('refuses the handshake too', async () => {
    await expect(handle(aConnectEvent({ authorizer: authorizer(-1) }))).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
  });

  it.each([
    '',
    ' ',
    'never',
    'NaN',
    'Infinity',
    '1e999',
    '0',
    '-1',
    0,
    -1,
    Number.NaN,
    null,
    true,
    [4_102_444_800],
    {},
  ])('treats the expiry %p, which is not a positive number, as expired', async (exp) => {
    await expect(handle(aMessageEvent({ authorizer: { exp } }))).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
  });

  it.each([
    ['whose token is valid', aMessageEvent({ authorizer: authorizer(60) })],
    ['whose authorizer passes the expiry on as a number', aMessageEvent({ authorizer: { exp: 4_102_444_800 } })],
    ['whose handshake has a valid token', aConnectEvent({ authorizer: authorizer(60) })],
    ['without an authorizer', aMessageEvent()],
    ['whose authorizer does not pass the expiry on', aMessageEvent({ authorizer: { principalId: 'ada' } })],
    ['that ends', aDisconnectEvent({ authorizer: authorizer(-1) })],
  ])('accepts an event of a connection %s', async (_case, event) => {
    expect(await handle(event)).toBe('handled');
  });
});
