import { describe, expect, it } from '@jest/globals';
import middy from '@middy/core';
import { refuseExpiredToken } from '../../middleware/refuse-expired-token.ts';
import { aContext } from '../../middleware/testing/a-context.ts';
import { aDisconnectEvent } from '../../middleware/testing/a-disconnect-event.ts';
import { aMessageEvent } from '../../middleware/testing/a-message-event.ts';
import type { WebSocketEvent } from '../../middleware/web-socket-event.ts';

const handle = (event: WebSocketEvent): Promise<unknown> =>
  middy(() => 'handled').use(refuseExpiredToken())(event as never, aContext());
const authorizer = (secondsLeft: number) => ({ exp: String(Math.floor(Date.now() / 1_000) + secondsLeft) });

describe('refuseExpiredToken', () => {
  it('refuses a message of a connection whose token has expired', async () => {
    const message = aMessageEvent({ authorizer: authorizer(-1), body: 'hi' });
    await expect(handle(message)).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
  });

  it.each([
    ['whose token is valid', aMessageEvent({ authorizer: authorizer(60) })],
    ['without an authorizer', aMessageEvent()],
    ['whose authorizer passes no expiry on', aMessageEvent({ authorizer: { principalId: 'ada' } })],
    ['that ends', aDisconnectEvent({ authorizer: authorizer(-1) })],
  ])('lets an event of a connection %s through', async (_case, event) => {
    expect(await handle(event)).toBe('handled');
  });
});
