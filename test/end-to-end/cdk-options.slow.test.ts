import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { type IVpc, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Tracing } from 'aws-cdk-lib/aws-lambda';
import { bundle } from '../../infra/bundle.ts';
import { FanOutApi } from '../../infra/constructs/fan-out-api.ts';
import { anApp } from '../infra/a-stack.ts';
import { PATIENCE_MS } from '../support/until.ts';
import { type RunningChat, runChat } from './run-chat.ts';

jest.setTimeout(120_000);

let chat: RunningChat;

beforeAll(async () => {
  const app = anApp();
  const stack = new Stack(app, 'Options');
  const api = new FanOutApi(stack, 'Chat', {
    handlers: await bundle('handlers/*.ts'),
    timeout: Duration.seconds(29),
    memorySize: 1_024,
    tracing: Tracing.ACTIVE,
    vpc: new Vpc(stack, 'Vpc', { maxAzs: 2 }) as IVpc,
    removalPolicy: RemovalPolicy.RETAIN,
    fanOut: { timeout: Duration.seconds(45), target: Duration.seconds(2), maxConcurrency: 3 },
    default: { can: ['broadcast'] },
  });
  api.addRoute('send-message', { can: ['broadcast'], timeout: Duration.seconds(5) });
  chat = await runChat({ cdkOut: app.synth().directory });
});
afterAll(() => chat?.stop());

describe('a chat with every option of its functions', () => {
  it('runs here, with its policies enforced', async () => {
    const [sender, receiver] = [await chat.open(), await chat.open()];
    sender.type(JSON.stringify({ action: 'send-message', message: 'hello, everyone!' }));
    expect(await receiver.next(PATIENCE_MS)).toBe('hello, everyone!');
  });

  it('tells who needs help what API Gateway knows of them, whatever else $default can do', async () => {
    const client = await chat.open();
    client.type('help');
    expect(await client.next(PATIENCE_MS)).toMatch(/^Use the send-message route .*"ConnectedAt":/);
  });
});
