import { describe, expect, it } from '@jest/globals';
import { parseBody } from '../../../middleware/body/parse-body.ts';
import { acknowledge } from '../../../middleware/support/acknowledge.ts';
import { webSocketRoute } from '../../../middleware/web-socket-route.ts';
import { ClientError } from '../../../schemas/errors.ts';
import { aContext, aMessageEvent, fakeServices } from '../../../testing/index.ts';
import { captureLogs } from '../../support/capture-logs.ts';

/** Sends a body to a route with acks. @returns what its sender is posted, and the body that the handler got. */
const answerTo = async (
  body: unknown,
  handle: (body: unknown) => unknown = () => undefined,
  services = fakeServices(),
) => {
  let received: unknown;
  const { logger, lines } = captureLogs();
  const handler = webSocketRoute()
    .use([parseBody(), acknowledge()])
    .handler((event) => {
      received = event.body;
      return handle(event.body);
    });
  const response = await handler(aMessageEvent({ body, connectionId: 'c1' }), aContext({ services, logger }));
  return { posted: services.poster.posted.map(({ data }) => JSON.parse(data)), received, response, lines };
};

describe('acknowledge', () => {
  it.each([0, 7, Number.MAX_SAFE_INTEGER, 'x', 'é'.repeat(64), '😀'.repeat(64)])(
    'answers %p with the same ackId, which it takes out of the body',
    async (ackId) => {
      const { posted, received, response } = await answerTo({ action: 'wave', ackId }, () => ({ ok: true }));
      expect(posted).toEqual([{ type: 'ack', ackId, result: { ok: true } }]);
      expect(received).toEqual({ action: 'wave' });
      expect(response).toEqual({ statusCode: 200 });
    },
  );

  it.each([-1, 1.5, 2 ** 53, '', 'x'.repeat(65), '😀'.repeat(65), null, true, {}, [1]])(
    'refuses %p, without an ackId in the error frame, and does not call the handler',
    async (ackId) => {
      const { posted, received } = await answerTo({ ackId });
      expect(posted).toMatchObject([{ code: 'MESSAGE_INVALID', errors: [{ path: '/ackId' }] }]);
      expect(posted[0]).not.toHaveProperty('ackId');
      expect(received).toBeUndefined();
    },
  );

  it.each([[{ action: 'wave' }], [['ackId']], ['"ackId"']])('posts nothing for %j', async (body) => {
    expect((await answerTo(body, () => 'done')).posted).toEqual([]);
  });

  it.each([[undefined], [() => {}], [5n], [{ statusCode: 200 }]])(
    'answers without a result for %p',
    async (returned) => {
      expect((await answerTo({ ackId: 7 }, () => returned)).posted).toEqual([{ type: 'ack', ackId: 7 }]);
    },
  );

  it.each([[null], [0], [''], [[1]]])('answers with the result %j', async (result) => {
    expect((await answerTo({ ackId: 7 }, () => result)).posted).toEqual([{ type: 'ack', ackId: 7, result }]);
  });

  it('gives an error frame the ackId, of a refusal and of a failure', async () => {
    const refuse = () => {
      throw new ClientError('FORBIDDEN');
    };
    expect((await answerTo({ ackId: 'a' }, refuse)).posted).toMatchObject([{ code: 'FORBIDDEN', ackId: 'a' }]);
    const fail = () => Promise.reject(new Error('broken'));
    expect((await answerTo({ ackId: 0 }, fail)).posted).toMatchObject([{ code: 'INTERNAL', ackId: 0 }]);
    const large = () => 'x'.repeat(140_000);
    expect((await answerTo({ ackId: 1 }, large)).posted).toMatchObject([{ code: 'MESSAGE_TOO_LARGE', ackId: 1 }]);
  });

  it('logs an ack that was not delivered, and deletes the row of a stale caller', async () => {
    const throttled = await answerTo({ ackId: 7 }, () => 1, fakeServices({ throttled: ['c1'] }));
    expect(throttled.lines[0]).toMatchObject({ level: 'WARN', message: 'An ack was not delivered' });
    const gone = fakeServices({ gone: ['c1'] });
    expect((await answerTo({ ackId: 7 }, () => 1, gone)).lines).toMatchObject([{ message: 'Handled' }]);
    expect(gone.connections.deleted).toEqual(['c1']);
  });
});
