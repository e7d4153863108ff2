import { describe, expect, it } from '@jest/globals';
import middy from '@middy/core';
import { logRequests } from '../../middleware/log-requests.ts';
import { connectionHash } from '../../schemas/connections/connection-hash.ts';
import { ClientError } from '../../schemas/errors.ts';
import { aContext, aMessageEvent } from '../../testing/index.ts';
import { captureLogs } from '../support/capture-logs.ts';

const connectionId = 'PJqB0fHsqRcCHlw=';

const linesOf = async (handler: () => unknown): Promise<Record<string, unknown>[]> => {
  const { logger, lines } = captureLogs();
  const event = aMessageEvent({ connectionId, requestId: 'r1', routeKey: 'send-message', body: 'the text' });
  await middy(async () => handler())
    .use(logRequests())(event, aContext({ logger }))
    .catch(() => {});
  return lines;
};

describe('logRequests', () => {
  it('logs one line for each event, with its ids', async () => {
    expect(await linesOf(() => 'done')).toEqual([
      expect.objectContaining({
        level: 'INFO',
        message: 'Handled',
        requestId: 'r1',
        routeKey: 'send-message',
        connection: connectionHash(connectionId),
        durationMs: expect.any(Number),
      }),
    ]);
  });

  it('logs the message, stack and cause of a failure', async () => {
    const error = new Error('not queued', { cause: new Error('arn:aws:sqs:…: access denied') });
    const lines = await linesOf(() => Promise.reject(error));
    expect(lines).toMatchObject([
      {
        level: 'ERROR',
        message: 'Failed',
        requestId: 'r1',
        error: {
          name: 'Error',
          message: 'not queued',
          stack: expect.stringContaining('log-requests.test.ts'),
          cause: { message: 'arn:aws:sqs:…: access denied' },
        },
      },
    ]);
  });

  it('logs the rules of a refusal, but not the texts, which quote the message', async () => {
    const errors = [
      { path: '/secret', rule: 'json', message: 'Unexpected token, "secret" is not valid JSON' },
      { path: '/secret', rule: 'json', message: 'secret' },
    ];
    const lines = await linesOf(() => Promise.reject(new ClientError('MESSAGE_MALFORMED', { errors })));
    expect(lines).toMatchObject([{ level: 'WARN', code: 'MESSAGE_MALFORMED', rules: ['json'], violations: 2 }]);
    expect(JSON.stringify(lines)).not.toContain('secret');
  });

  it('logs the cause of a refusal', async () => {
    const error = new ClientError('FORBIDDEN', {}, { cause: new Error('not in the room') });
    const lines = await linesOf(() => Promise.reject(error));
    expect(lines).toMatchObject([{ level: 'WARN', code: 'FORBIDDEN', cause: { message: 'not in the room' } }]);
  });

  it('logs the id of the invocation if the event has no request id', async () => {
    const { logger, lines } = captureLogs();
    const event = aMessageEvent({ requestId: undefined as never });
    await middy(() => 'done').use(logRequests())(event, aContext({ logger, awsRequestId: 'a1' }));
    expect(lines).toMatchObject([{ message: 'Handled', requestId: 'a1' }]);
  });

  it('does not log the text or the connection id', async () => {
    for (const outcome of [() => 'done', () => Promise.reject(new Error('broken'))]) {
      const log = JSON.stringify(await linesOf(outcome));
      expect(log).not.toContain('the text');
      expect(log).not.toContain(connectionId);
    }
  });

  it('logs the details of a refusal without replacing its own fields', async () => {
    const details = { bytes: 7n, requestId: 'r2', level: 'INFO', cause: new Error('in the details') };
    const lines = await linesOf(() => Promise.reject(new ClientError('MESSAGE_TOO_LARGE', details)));
    expect(lines).toMatchObject([
      { level: 'WARN', requestId: 'r1', code: 'MESSAGE_TOO_LARGE', details: { bytes: '7', cause: { name: 'Error' } } },
    ]);
  });
});
