import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { synthesize } from '../../packages/local/cli/synthesize.ts';
import { PATIENCE_MS, until } from '../support/until.ts';
import type { Terminal } from '../transcripts/player/open-terminal.ts';
import { type RunningChat, runChat } from './run-chat.ts';

jest.setTimeout(300_000);

const from = (file: string) => `'${resolve(file)}'`;
const ROUTE = `import { webSocketRoute } from ${from('middleware/web-socket-route.ts')};`;

/** Routes without any ability, and a route with a single middleware in its own Middy stack. */
const HANDLERS = {
  shout: `${ROUTE} export const handler = webSocketRoute().handler((_, { broadcast }) => broadcast('hello'));`,
  look: `${ROUTE} export const handler = webSocketRoute().handler(async ({ requestContext }, { services }) => {
    await services.manager.inspect(requestContext.connectionId);
  });`,
  leave: `${ROUTE} export const handler = webSocketRoute().handler(async ({ requestContext }, { services }) => {
    await services.manager.disconnect(requestContext.connectionId);
  });`,
  stay: `${ROUTE} import { keepConnection } from ${from('middleware/connect/keep-connection.ts')};
    export const handler = webSocketRoute().use(keepConnection()).handler(() => {});`,
  bare: `import middy from '@middy/core';
    import { answerErrors } from ${from('middleware/answer-errors.ts')};
    import { ClientError } from ${from('schemas/errors.ts')};
    delete process.env.AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI;
    export const handler = middy().use(answerErrors()).handler(() => {
      throw new ClientError('ROOM_FULL', { message: 'The room is full' });
    });`,
};

const APP = `
  import { App, Stack } from 'aws-cdk-lib';
  import { bundle } from ${from('infra/bundle.ts')};
  import { FanOutApi } from ${from('infra/constructs/fan-out-api.ts')};
  const handlers = await bundle(process.env.HANDLERS);
  const chat = new FanOutApi(new Stack(new App(), 'Refused'), 'Chat', { handlers });
  for (const name of ${JSON.stringify(Object.keys(HANDLERS))}) chat.addRoute(name);
`;

let folder: string;
let chat: RunningChat;
let client: Terminal;

beforeAll(async () => {
  mkdirSync('build', { recursive: true });
  folder = mkdtempSync(resolve('build/refused-')); // below node_modules of the repository
  mkdirSync(join(folder, 'handlers'));
  for (const [name, code] of Object.entries(HANDLERS)) writeFileSync(join(folder, 'handlers', `${name}.ts`), code);
  writeFileSync(join(folder, 'app.ts'), APP);
  const app = relative('', folder);
  const cdkOut = await synthesize({
    command: `HANDLERS='${app}/handlers/*.ts' node ${app}/app.ts`,
    outFolder: join(folder, 'cdk.out'),
    context: { 'aws:cdk:disable-asset-staging': true },
  });
  chat = await runChat({ cdkOut });
  client = await chat.open();
});
afterAll(async () => {
  await chat?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const answerTo = async (action: string) => {
  client.type(JSON.stringify({ action }));
  return JSON.parse((await client.next(PATIENCE_MS)) ?? '{}');
};
/** The log line about a request, parsed. */
const failureOf = async (requestId: string): Promise<{ error: { message: string; cause: { message: string } } }> => {
  const find = () => chat.events.find((event) => event.type === 'log' && event.line.includes(`"${requestId}"`));
  await until(() => find() !== undefined);
  const event = find();
  return JSON.parse(event?.type === 'log' ? event.line.slice(event.line.indexOf('{')) : '{}');
};

describe('a route without an ability, under the policies of its stack', () => {
  it.each([
    ['shout', 'broadcast', 'sqs:SendMessage on the broadcast queue'],
    ['look', 'inspect', 'execute-api:ManageConnections on GET/@connections/*'],
    ['leave', 'disconnect', 'execute-api:ManageConnections on DELETE/@connections/*'],
    ['stay', 'keep', 'dynamodb:PutItem on the connection table'],
  ])('%s is refused, and the log says what to write', async (route, ability, permission) => {
    const frame = await answerTo(route);
    expect(frame).toEqual({
      message: 'Internal server error',
      connectionId: expect.any(String),
      requestId: expect.any(String),
      code: 'INTERNAL',
    });
    expect((await failureOf(frame.requestId)).error).toMatchObject({
      message: `The route "${route}" may not ${ability}: add can: ['${ability}'] to addRoute('${route}'). Its role needs ${permission}`,
      cause: { message: expect.any(String) },
    });
  });
});

it('answerErrors alone answers by the domain and stage of the event', async () => {
  expect(await answerTo('bare')).toMatchObject({ code: 'ROOM_FULL', message: 'The room is full' });
});
