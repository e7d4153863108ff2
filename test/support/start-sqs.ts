import type { AddressInfo } from 'node:net';
import { serveEngine } from '../../packages/local/engines/serve-engine.ts';
import { md5 } from '../../packages/local/engines/sqs/digests.ts';
import { createSqsEngine } from '../../packages/local/engines/sqs/sqs-engine.ts';
import { createFaultPicker } from '../../packages/local/faults/fault-picker.ts';

const region = 'us-east-1';
const accountId = '123456789012';
const arnOf = (name: string) => `arn:aws:sqs:${region}:${accountId}:${name}`;

/** The local run's SQS in this thread. It allows every signed request, and the test can look into the queues. */
export const startSqs = async () => {
  const { engine, methods, queues } = createSqsEngine(createFaultPicker([], 0));
  await methods.deploy({ region, accountId }, []);
  const failures: string[] = [];
  const server = serveEngine(
    engine,
    async () => ({ allowed: true, sender: { kind: 'developer', senderId: accountId } }),
    (line) => failures.push(line),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const urlOf = (name: string) => `${endpoint}/${accountId}/${name}`;
  const entryOf = (name: string) => {
    const entry = queues.find(arnOf(name));
    if (!entry) throw new Error(`There is no queue ${name}`);
    return entry;
  };
  return {
    endpoint,
    /** Requests that ended in an internal failure. */
    failures,
    arnOf,
    urlOf,
    createQueue: (name: string, attributes: Record<string, string> = {}): string =>
      queues.create({ name, url: urlOf(name), arn: arnOf(name), attributes }) && urlOf(name),
    send: (name: string, body: string): void => {
      entryOf(name).queue.send({ body, md5OfBody: md5(body), messageAttributes: {}, senderId: accountId });
    },
    /** The bodies of a queue's messages, by state. */
    inside: (name: string) => {
      const messages = [...entryOf(name).queue.messages()];
      const bodies = (wanted: string) =>
        messages.filter(({ state }) => state === wanted).map(({ message }) => message.body);
      return { visible: bodies('visible'), delayed: bodies('delayed'), inFlight: bodies('in-flight') };
    },
    /** Number of receives that wait for a message. */
    waiting: (name: string): number => entryOf(name).polls.waiting,
    stop: async (): Promise<void> => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

export type TestSqs = Awaited<ReturnType<typeof startSqs>>;
