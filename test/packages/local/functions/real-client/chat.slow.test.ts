import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { LambdaFunction } from '../../../../../packages/local/model/application.ts';
import { readApplication } from '../../../../../packages/local/template/read-application.ts';
import { aConnectEvent, aDisconnectEvent, aMessageEvent } from '../../../../../testing/events.ts';
import { type RunningChat, runChat, synthesizeChat } from '../../../../end-to-end/run-chat.ts';
import { aQueueEvent } from '../../../../support/a-queue-event.ts';
import { PATIENCE_MS } from '../../../../support/until.ts';
import type { Terminal } from '../../../../transcripts/player/open-terminal.ts';
import { type Observed, toObserved } from './compare.ts';
import { startRealClient } from './start-real-client.ts';

/** Connection ids in API Gateway's form. */
const NEW = 'PJqB0fHsqRcCHlw=';
const GONE = 'QJqB0fHsqRcCHlw=';
const TRACE = 'Root=1-655d1f11-3b8a2c1d0f4e5a6b7c8d9e0f;Parent=3b8a2c1d0f4e5a6b;Sampled=0';

/** A run of the chat with two connections. `invoke` runs an event of one of its functions. */
interface Side {
  chat: RunningChat;
  anna: Terminal;
  ben: Terminal;
  annaId: string;
  benId: string;
  invoke(file: string, event: unknown): Promise<Observed>;
}

const openSide = async (cdkOut: string, invokeOf: (chat: RunningChat) => Side['invoke']): Promise<Side> => {
  const chat = await runChat({ cdkOut });
  const anna = await chat.open();
  const [annaId = ''] = await chat.connectionIds();
  const ben = await chat.open();
  const benId = (await chat.connectionIds()).find((id) => id !== annaId) as string;
  return { chat, anna, ben, annaId, benId, invoke: invokeOf(chat) };
};

/** The chat's functions with the addresses of this run. */
const functionsOf = (chat: RunningChat, cdkOut: string): readonly LambdaFunction[] => {
  const { sqs, dynamodb, apiGatewayManagementApi } = chat.run.sdk;
  const { application } = readApplication({ cdkOut, sqsUrl: sqs.endpoint });
  return application.functions.map((definition) => {
    const environment = Object.entries(definition.environment).map(([name, value]) => [
      name,
      /^https:\/\/[^/]*execute-api/.test(value) ? apiGatewayManagementApi.endpoint : value,
    ]);
    const endpoints = { AWS_ENDPOINT_URL_DYNAMODB: dynamodb.endpoint, AWS_ENDPOINT_URL_SQS: sqs.endpoint };
    return { ...definition, environment: { ...Object.fromEntries(environment), ...endpoints } };
  });
};

let cdkOut: string;
let here: Side;
let there: Side;
const stopClients: (() => Promise<void>)[] = [];

const invokeHere =
  (chat: RunningChat): Side['invoke'] =>
  async (file, event) => {
    const { functionName, codePath } = find(functionsOf(chat, cdkOut), file);
    const from = chat.events.length;
    const result = await chat.run.invoke(functionName, event, { traceHeader: TRACE });
    const lines = chat.events
      .slice(from)
      .flatMap((logged) => (logged.type === 'log' && logged.functionName === functionName ? [logged.line] : []));
    const outcome = result.ok ? { payload: result.payload } : { error: result.error };
    return toObserved({ ...outcome, lines, ended: false }, codePath);
  };

const invokeThere = (chat: RunningChat): Side['invoke'] => {
  const clients = new Map<string, Awaited<ReturnType<typeof startRealClient>>>();
  return async (file, event) => {
    const definition = find(functionsOf(chat, cdkOut), file);
    const client = clients.get(file) ?? (await startRealClient(definition));
    if (!clients.has(file)) stopClients.push(client.stop);
    clients.set(file, client);
    return toObserved(await client.invoke(event, TRACE), definition.codePath);
  };
};

const find = (functions: readonly LambdaFunction[], file: string): LambdaFunction =>
  functions.find(({ handler }) => handler === `${file}.handler`) as LambdaFunction;

beforeAll(async () => {
  cdkOut = await synthesizeChat();
  here = await openSide(cdkOut, invokeHere);
  there = await openSide(cdkOut, invokeThere);
});
afterAll(async () => {
  await Promise.all(stopClients.map((stop) => stop()));
  await here?.chat.stop();
  await there?.chat.stop();
});

/** Removes the ids, ports and times of one run, and the stack frames outside of the function's code. */
const normal = ({ annaId, benId }: Side, value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value)
      .replaceAll(annaId, 'ANNA')
      .replaceAll(benId, 'BEN')
      .replace(/127\.0\.0\.1:\d+/g, 'ADDRESS')
      .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
      .replace(/(\\?"connection\\?":\\?")[0-9a-f]{12}/g, '$1HASH')
      .replace(/(\\?"(?:\w+Ms|\w+At|Timestamp|TimeTo\w+)\\?":)[\d.]+/g, '$10'),
    (_, text) =>
      typeof text === 'string'
        ? text
            .split(/(?:\\n|\n)(?= +at )/)
            .filter((line) => !/\/var\/runtime\/|\/functions\/worker\/|\(node:/.test(line))
            .join('\n')
        : text,
  );

interface Event {
  /** The handler's file. */
  file: string;
  event(side: Side): unknown;
  /** How many frames each connection gets. */
  anna?: number;
  ben?: number;
  before?(side: Side): Promise<unknown>;
}

const message = (body: unknown, connectionId?: string) => (side: Side) =>
  aMessageEvent({ body, connectionId: connectionId ?? side.annaId });
/** A broadcast of this moment. The connections that exist already get it. */
const aNewBroadcast = (id: string) => ({ v: 1, id, data: 'hello, everyone!', sentAt: Date.now() });
const send = (text: unknown) => message({ action: 'send-message', message: text });

const EVENTS: Readonly<Record<string, Event>> = {
  'a connection': { file: 'connect', event: () => aConnectEvent({ connectionId: NEW }) },
  'the same connection again': { file: 'connect', event: () => aConnectEvent({ connectionId: NEW }) },
  'the end of that connection': { file: 'disconnect', event: () => aDisconnectEvent({ connectionId: NEW }) },
  'the end of a connection that does not exist': {
    file: 'disconnect',
    event: () => aDisconnectEvent({ connectionId: GONE }),
  },
  'a text that matches no route': { file: 'default', event: message('hello'), anna: 1 },
  'JSON that matches no route': { file: 'default', event: message({ action: 'dance' }), anna: 1 },
  'a text from a stale connection': { file: 'default', event: message('hello', GONE) },
  'a message of the wrong type': { file: 'send-message', event: send(5), anna: 1 },
  'a message that is too long': { file: 'send-message', event: send('x'.repeat(30_001)), anna: 1 },
  'an incomplete message': { file: 'send-message', event: message('{"action":"send-message"'), anna: 1 },
  'a broadcast': { file: 'fan-out', event: () => aQueueEvent(aNewBroadcast('b1')), anna: 1, ben: 1 },
  'a broadcast to three connections, one of them stale': {
    file: 'fan-out',
    before: ({ chat }) => chat.putRow(GONE, Math.floor(Date.now() / 1_000) - 60),
    event: () => aQueueEvent(aNewBroadcast('b2')),
    anna: 1,
    ben: 1,
  },
  'a record that is not a broadcast': {
    file: 'fan-out',
    event: () => aQueueEvent('not a broadcast', aNewBroadcast('b3')),
    anna: 1,
    ben: 1,
  },
  'an event without records': { file: 'fan-out', event: () => ({}) },
  'a message': { file: 'send-message', event: send('hi'), ben: 1 },
};

const observe = async (side: Side, { file, event, before, anna = 0, ben = 0 }: Event) => {
  await before?.(side);
  const observed = await side.invoke(file, event(side));
  const frames = { anna: [] as unknown[], ben: [] as unknown[] };
  for (let count = 0; count < anna; count += 1) frames.anna.push(await side.anna.next(PATIENCE_MS));
  for (let count = 0; count < ben; count += 1) frames.ben.push(await side.ben.next(PATIENCE_MS));
  return normal(side, { ...observed, frames, unread: [...side.anna.unread(), ...side.ben.unread()] });
};

describe("the chat's functions in the local run and under AWS's client", () => {
  it.each(Object.keys(EVENTS))('have the same result for %s', async (name) => {
    const observed = await observe(here, EVENTS[name] as Event);
    expect(observed).toEqual(await observe(there, EVENTS[name] as Event));
  });
});
