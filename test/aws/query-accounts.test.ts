import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { afterEach, describe, expect, it } from '@jest/globals';
import { queryAccounts } from '../../aws/query-accounts.ts';

let stop: () => void;
afterEach(() => stop());

const start = async (...answers: object[]) => {
  const asked: { target: string; body: Record<string, unknown> }[] = [];
  const server = createServer(async (request, response) => {
    asked.push({ target: String(request.headers['x-amz-target']), body: JSON.parse(await text(request)) });
    response.setHeader('content-type', 'application/x-amz-json-1.1').end(JSON.stringify(answers.shift() ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stop = () => {
    server.closeAllConnections();
    server.close();
  };
  const client = new CloudWatchLogsClient({
    endpoint: `http://127.0.0.1:${(server.address() as { port: number }).port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
  });
  return {
    asked,
    ask: () => queryAccounts({ logGroupName: 'group', broadcastId: 'b"1', from: 1_500, to: 2_500, client, pollMs: 1 }),
  };
};

describe('queryAccounts', () => {
  it('asks for one broadcast and waits until the query is complete', async () => {
    const results = [
      [
        { field: '@message', value: 'one' },
        { field: '@ptr', value: 'x' },
      ],
      [{ field: '@message', value: 'two' }],
    ];
    const { asked, ask } = await start(
      { queryId: 'q' },
      { status: 'Running', results: [] },
      { status: 'Complete', results },
    );
    expect(await ask()).toEqual(['one', 'two']);
    expect(asked.map(({ target }) => target.split('.')[1])).toEqual([
      'StartQuery',
      'GetQueryResults',
      'GetQueryResults',
    ]);
    expect(asked[0]?.body).toMatchObject({
      ...{ logGroupName: 'group', startTime: 1, endTime: 3, limit: 10_000 },
      queryString:
        'fields @message | filter message = "Broadcast account" and account.id = "b\\"1" | sort @timestamp asc',
    });
  });

  it('names the state of a query that did not complete', async () => {
    const { ask } = await start({ queryId: 'q' }, { status: 'Timeout' });
    await expect(ask()).rejects.toThrow('The Logs Insights query ended as Timeout');
  });
});
