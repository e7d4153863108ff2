import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { LambdaFunction } from '../../../../../packages/local/model/application.ts';
import { readApplication } from '../../../../../packages/local/template/read-application.ts';
import { aConnectEvent, aDisconnectEvent, aMessageEvent } from '../../../../../testing/events.ts';
import { type RunningChat, runChat, synthesizeChat } from '../../../../end-to-end/run-chat.ts';
import { aQueueEvent } from '../../../../support/a-queue-event.ts';
import { PATIENCE_MS } from '../../../../support/until.ts';
import type { Terminal } from '../../../../transcripts/player/open-terminal.ts';
import { type Seen, seenReally } from './compare.ts';
import { startRealClient } from './start-real-client.ts';

/** In the form of API Gateway's ids. */
const NEW = 'PJqB0fHsqRcCHlw=';
const GONE = 'QJqB0fHsqRcCHlw=';
const TRACE = 'Root=1-655d1f11-3b8a2c1d0f4e5a6b7c8d9e0f;Parent=3b8a2c1d0f4e5a6b;Sampled=0';

/** A run of the chat with two clients, in which `invoke` runs an event of one of its functions. */
interface Side {
  chat: RunningChat;
  anna: Terminal;
  ben: Terminal;
  annaId: string;
  benId: string;
  invoke(file: string, event: unknown): Promise<Seen>;
}

const openSide = async (cdkOut: string, invokeOf: (chat: RunningChat) => Side['invoke']): Promise<Side> => {
  const chat = await runChat({ cdkOut });
  const anna = await chat.open();
  const [annaId = ''] = await chat.connectionIds();
  const ben = await chat.open();
  const benId = (await chat.connectionIds()).find((id) => id !== annaId) as string;
  return { chat, anna, ben, annaId, benId, invoke: invokeOf(chat) };
};

/** The chat's functions, with the addresses that they have in this run. */
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
      .flatMap((told) => (told.type === 'log' && told.functionName === functionName ? [told.line] : []));
    const outcome = result.ok ? { payload: result.payload } : { error: result.error };
    return seenReally({ ...outcome, lines, ended: false }, codePath);
  };

const invokeThere = (chat: RunningChat): Side['invoke'] => {
  const clients = new Map<string, Awaited<ReturnType<typeof startRealClient>>>();
  return async (file, event) => {
    const definition = find(functionsOf(chat, cdkOut), file);
    const client = clients.get(file) ?? (await startRealClient(definition));
    if (!clients.has(file)) stopClients.push(client.stop);
    clients.set(file, client);
    return seenReally(await client.invoke(event, TRACE), definition.codePath);
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

/** Without the ids, ports and times of one run; of a stack without the frames of what runs the function. */
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
  of: string;
  event(side: Side): unknown;
  /** How many frames each of the clients gets. */
  anna?: number;
  ben?: number;
  before?(side: Side): Promise<unknown>;
}

const message = (body: unknown, connectionId?: string) => (side: Side) =>
  aMessageEvent({ body, connectionId: connectionId ?? side.annaId });
/** Of now: those who connected before it was sent get it. */
const aNewBroadcast = (id: string) => ({ v: 1, id, data: 'hello, everyone!', sentAt: Date.now() });
const send = (text: unknown) => message({ action: 'send-message', message: text });

const EVENTS: Readonly<Record<string, Event>> = {
  'a connection': { of: 'connect', event: () => aConnectEvent({ connectionId: NEW }) },
  'the same connection again': { of: 'connect', event: () => aConnectEvent({ connectionId: NEW }) },
  'its end': { of: 'disconnect', event: () => aDisconnectEvent({ connectionId: NEW }) },
  'the end of one that is not there': { of: 'disconnect', event: () => aDisconnectEvent({ connectionId: GONE }) },
  'a text for no route': { of: 'default', event: message('hello'), anna: 1 },
  'JSON for no route': { of: 'default', event: message({ action: 'dance' }), anna: 1 },
  'a text of a connection that is gone': { of: 'default', event: message('hello', GONE) },
  'a message of the wrong type': { of: 'send-message', event: send(5), anna: 1 },
  'a message that is too long': { of: 'send-message', event: send('x'.repeat(30_001)), anna: 1 },
  'a message that is cut off': { of: 'send-message', event: message('{"action":"send-message"'), anna: 1 },
  'a broadcast': { of: 'fan-out', event: () => aQueueEvent(aNewBroadcast('b1')), anna: 1, ben: 1 },
  'a broadcast to one that is gone too': {
    of: 'fan-out',
    before: ({ chat }) => chat.putRow(GONE, Math.floor(Date.now() / 1_000) - 60),
    event: () => aQueueEvent(aNewBroadcast('b2')),
    anna: 1,
    ben: 1,
  },
  'a record that is no broadcast': {
    of: 'fan-out',
    event: () => aQueueEvent('no broadcast', aNewBroadcast('b3')),
    anna: 1,
    ben: 1,
  },
  'an event without records': { of: 'fan-out', event: () => ({}) },
  'a message': { of: 'send-message', event: send('hi'), ben: 1 },
};

const comeTo = async (side: Side, { of, event, before, anna = 0, ben = 0 }: Event) => {
  await before?.(side);
  const seen = await side.invoke(of, event(side));
  const frames = { anna: [] as unknown[], ben: [] as unknown[] };
  for (let count = 0; count < anna; count += 1) frames.anna.push(await side.anna.next(PATIENCE_MS));
  for (let count = 0; count < ben; count += 1) frames.ben.push(await side.ben.next(PATIENCE_MS));
  return normal(side, { ...seen, frames, unread: [...side.anna.unread(), ...side.ben.unread()] });
};

describe("the chat's functions in the local run and under AWS's client", () => {
  it.each(Object.keys(EVENTS))('make the same of %s', async (name) => {
    const seen = await comeTo(here, EVENTS[name] as Event);
    expect(seen).toEqual(await comeTo(there, EVENTS[name] as Event));
  });
});
