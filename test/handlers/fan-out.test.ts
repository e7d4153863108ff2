import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aContext, fakeServices } from '../../testing/index.ts';
import { aConnectionRow } from '../support/a-connection-row.ts';
import { aQueueEvent } from '../support/a-queue-event.ts';
import { captureLogs } from '../support/capture-logs.ts';

const ENVIRONMENT = { FAN_OUT_POSTS_PER_SECOND: '4000', POWERTOOLS_METRICS_DISABLED: 'true' };

let handler: typeof import('../../handlers/fan-out.ts').handler;
beforeAll(async () => {
  Object.assign(process.env, ENVIRONMENT);
  ({ handler } = await import('../../handlers/fan-out.ts')); // it reads its environment at import
});
afterAll(() => {
  for (const name of Object.keys(ENVIRONMENT)) delete process.env[name];
});

const NOW_SECONDS = Math.floor(Date.now() / 1_000);
const rows = ['c1', 'c2', 'c3'].map((connectionId) =>
  aConnectionRow({ connectionId, connectedAt: NOW_SECONDS - 600, ttl: NOW_SECONDS + 6_900 }),
);
const aRecord = (data: string, except?: string) => ({ v: 1, data, ...(except !== undefined && { except }) });

describe('fan-out', () => {
  it('posts a message to everybody but its sender', async () => {
    const services = fakeServices({ rows });
    const event = aQueueEvent(aRecord('hello, everyone!', 'c1'));
    expect(await handler(event, aContext({ services }))).toEqual({ batchItemFailures: [] });
    expect(services.poster.posted).toEqual([
      { connectionId: 'c2', data: 'hello, everyone!' },
      { connectionId: 'c3', data: 'hello, everyone!' },
    ]);
  });

  it('deletes the row of a connection that is gone, and delivers to the others', async () => {
    const services = fakeServices({ rows, gone: ['c2'] });
    await handler(aQueueEvent(aRecord('hello')), aContext({ services }));
    expect(services.connections.deleted).toEqual(['c2']);
    expect(services.poster.posted.map(({ connectionId }) => connectionId)).toEqual(['c1', 'c3']);
  });

  it('logs an account of all connections, without the text or a connection id', async () => {
    const services = fakeServices({ rows, gone: ['c2'] });
    const { logger, lines } = captureLogs();
    await handler(aQueueEvent(aRecord('hello, everyone!', 'c1')), aContext({ services, logger }));
    expect(lines).toMatchObject([
      { message: 'Broadcast account', account: { id: 'm1', scanned: 3, delivered: 1, stale: 1, excluded: 1 } },
    ]);
    expect(JSON.stringify(lines)).not.toMatch(/hello|"c[123]"/);
  });

  it('logs why API Gateway refuses its posts', async () => {
    const services = fakeServices({ rows, outcomes: { c1: 'forbidden', c2: 'forbidden', c3: 'forbidden' } });
    const { logger, lines } = captureLogs();
    await handler(aQueueEvent(aRecord('hello')), aContext({ services, logger }));
    expect(lines).toContainEqual(expect.objectContaining({ level: 'ERROR', forbidden: 'set by the test' }));
    expect(services.queue.sent).toMatchObject([{ attempts: 1, data: 'hello' }]);
    expect(services.connections.deleted).toEqual([]);
  });

  it('delivers a record of other code with sentAt in seconds', async () => {
    const services = fakeServices({ rows });
    await handler(aQueueEvent({ v: 1, data: 'hello', sentAt: NOW_SECONDS }), aContext({ services }));
    expect(services.poster.posted).toHaveLength(3);
  });

  it('dead-letters a record that was sent long ago, with the reason', async () => {
    const services = fakeServices({ rows });
    await handler(aQueueEvent({ v: 1, data: 'hello', sentAt: NOW_SECONDS - 3_600 }), aContext({ services }));
    expect(services.poster.posted).toEqual([]);
    expect(services.queue.deadLetters).toMatchObject([{ reason: 'expired' }]);
  });

  it('logs why the table refuses a page', async () => {
    const services = fakeServices({ rows, outcomes: { c1: 'failed' }, down: ['table'] });
    const { logger, lines } = captureLogs();
    await handler(aQueueEvent(aRecord('hello')), aContext({ services, logger }));
    expect(lines).toContainEqual(
      expect.objectContaining({
        level: 'WARN',
        message: 'The connection table refused a page: the rest of the scan is handed over',
        error: expect.objectContaining({ message: 'The connection table is down (set by the test)' }),
      }),
    );
  });

  it('fails the record whose rest both queues refuse', async () => {
    const services = fakeServices({ rows, outcomes: { c1: 'failed' }, down: ['queue'] });
    const event = aQueueEvent(aRecord('hello'), { v: 1, data: 'segment', connections: { c2: NOW_SECONDS - 600 } });
    const response = await handler(event, aContext({ services, getRemainingTimeInMillis: () => 1_500 }));
    expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: 'm1' }] });
    expect(services.poster.posted).toContainEqual({ connectionId: 'c2', data: 'segment' });
  });

  it('fails every record if FAN_OUT_POSTS_PER_SECOND is invalid', async () => {
    const services = fakeServices({ rows });
    const { logger, lines } = captureLogs();
    process.env.FAN_OUT_POSTS_PER_SECOND = 'many';
    const response = await handler(aQueueEvent(aRecord('hello')), aContext({ services, logger }));
    process.env.FAN_OUT_POSTS_PER_SECOND = '4000';
    expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: 'm1' }] });
    expect(JSON.stringify(lines)).toContain('FAN_OUT_POSTS_PER_SECOND to be a number from 1, got many');
  });
});
