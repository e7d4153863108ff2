import type { FaultRule } from '../faults/parse-faults.ts';
import type { Authority, Caller, Keyring, Queue, Table } from '../model/application.ts';
import { sessionId } from '../model/role-session.ts';
import { type Clock, systemClock } from '../runtime/clock.ts';
import { startWorker } from '../runtime/start-worker.ts';
import { type CallThread, connectThread } from '../runtime/thread-calls.ts';
import type {
  Decision,
  DynamoDbMethods,
  EngineData,
  FrontMethods,
  MainMethods,
  Permission,
  QueueDepth,
  ReceivedMessage,
  SqsMethods,
} from './engine-protocol.ts';

/** DynamoDB deletes expired rows "within a few days". This run deletes them within a minute of its clock. */
const SWEEP_MS = 60_000;

export interface EnginesOptions {
  /** Default 127.0.0.1. */
  host?: string;
  clock?: Clock;
  faults?: readonly FaultRule[];
  seed?: number;
  /** One sentence for the developer. */
  log?: (line: string) => void;
}

export interface Deployment {
  region: string;
  accountId: string;
  tables: readonly Table[];
  queues: readonly Queue[];
  keyring: Keyring;
  authority: Authority;
}

/** The operations of an event source on its queue. */
export interface QueueAccess {
  receive(queueArn: string, maxMessages: number, waitMs: number): Promise<ReceivedMessage[]>;
  /** Ends the waiting receives without messages. */
  wake(queueArn: string): Promise<void>;
  /** Makes received messages visible again immediately, as if they had not been received. */
  release(queueArn: string, receiptHandles: readonly string[]): Promise<void>;
  delete(queueArn: string, receiptHandles: readonly string[]): Promise<void>;
  deadLetter(queueArn: string, receiptHandles: readonly string[]): Promise<'moved' | 'deleted'>;
}

export interface Engines {
  readonly dynamodbPort: number;
  readonly sqsPort: number;
  /** `http://127.0.0.1:PORT`, for AWS_ENDPOINT_URL_DYNAMODB. */
  readonly dynamodbUrl: string;
  /** `http://127.0.0.1:PORT`, for AWS_ENDPOINT_URL_SQS. A queue's URL adds the account and the name. */
  readonly sqsUrl: string;
  /** Local addresses (`127.0.0.1:PORT`) by the service's host on AWS, for code that ignores the endpoint variables. */
  hosts(region: string): ReadonlyMap<string, string>;
  /**
   * Creates the tables and queues, and sets the policies. Every request before the first call is refused. Call it again
   * after a change of the stack: existing tables keep their rows, and existing queues keep their messages and replace
   * their attributes.
   */
  deploy(deployment: Deployment): Promise<void>;
  /** Forgets the remembered decisions, as a deployment does. Call it when the authority decides differently. */
  forgetDecisions(): Promise<void>;
  readonly queues: QueueAccess;
  queueDepths(): Promise<readonly QueueDepth[]>;
  stop(): Promise<void>;
}

const SERVICE_NAMES = { dynamodb: 'DynamoDB', sqs: 'SQS' } as const;

const senderIdOf = (caller: Caller, accountId: string): string =>
  caller.kind === 'developer' ? accountId : sessionId(caller);

/**
 * Starts DynamoDB (dynalite) and SQS in memory, each in its own thread. The HTTP server in front of each identifies the
 * callers and refuses requests that the policies do not allow.
 */
export const startEngines = async ({
  host = '127.0.0.1',
  clock = systemClock,
  faults = [],
  seed = 0,
  log = () => {},
}: EnginesOptions = {}): Promise<Engines> => {
  let deployed: Pick<Deployment, 'keyring' | 'authority' | 'accountId'> | undefined;

  const authorize = (accessKeyId: string, { action, resourceArn }: Permission): Decision => {
    const caller = deployed?.keyring.find(accessKeyId)?.caller;
    if (!deployed || !caller) return { allowed: false, reason: 'unknown-key' };
    const decision = action ? deployed.authority.decide(caller, action, resourceArn) : { allowed: true as const };
    if (!decision.allowed) return { allowed: false, reason: 'denied', message: decision.message };
    return { allowed: true, sender: { kind: caller.kind, senderId: senderIdOf(caller, deployed.accountId) } };
  };

  const startThread = <M extends FrontMethods>(service: EngineData['service']) => {
    const workerData: EngineData = { service, host, clockOffset: clock.offset, faults, seed };
    const worker = startWorker('engine-thread', import.meta.url, { workerData });
    const call: CallThread<M> = connectThread<M>(worker, {
      authorize,
      log: (line) => log(`${SERVICE_NAMES[service]}: ${line}`),
    } satisfies MainMethods);
    worker.on('error', (error: Error) =>
      log(`${SERVICE_NAMES[service]} has stopped, restart the local run: ${error.stack ?? error.message}`),
    );
    return { worker, call };
  };
  const dynamodb = startThread<FrontMethods & DynamoDbMethods>('dynamodb');
  const sqs = startThread<FrontMethods & SqsMethods>('sqs');
  const [dynamodbPort, sqsPort] = await Promise.all([dynamodb.call('listen'), sqs.call('listen')]);

  const stopSweeping = repeatByClock(clock, SWEEP_MS, async () => {
    await Promise.allSettled([dynamodb.call('sweep'), sqs.call('sweep')]);
  });

  const forgetDecisions = async (): Promise<void> => {
    await Promise.all([dynamodb.call('forgetDecisions'), sqs.call('forgetDecisions')]);
  };

  return {
    ...{ dynamodbPort, sqsPort },
    dynamodbUrl: `http://${host}:${dynamodbPort}`,
    sqsUrl: `http://${host}:${sqsPort}`,
    hosts: (region) =>
      new Map([
        [`dynamodb.${region}.amazonaws.com`, `${host}:${dynamodbPort}`],
        [`sqs.${region}.amazonaws.com`, `${host}:${sqsPort}`],
      ]),
    deploy: async ({ region, accountId, tables, queues, keyring, authority }) => {
      deployed = { keyring, authority, accountId };
      await forgetDecisions();
      // Tables come first: if one is refused, the queues must stay as they are.
      await dynamodb.call(
        'deploy',
        { region, accountId },
        tables.map(({ tableName, definition, ttlAttribute }) => ({
          ...{ tableName, definition },
          ...(ttlAttribute !== undefined && { ttlAttribute }),
        })),
      );
      await sqs.call(
        'deploy',
        { region, accountId },
        queues.map(({ queueName, url, arn, attributes }) => ({ queueName, url, arn, attributes })),
      );
    },
    forgetDecisions,
    queues: {
      receive: (queueArn, maxMessages, waitMs) => sqs.call('receive', queueArn, maxMessages, waitMs),
      wake: (queueArn) => sqs.call('wake', queueArn),
      release: (queueArn, receiptHandles) => sqs.call('release', queueArn, receiptHandles),
      delete: (queueArn, receiptHandles) => sqs.call('delete', queueArn, receiptHandles),
      deadLetter: (queueArn, receiptHandles) => sqs.call('deadLetter', queueArn, receiptHandles),
    },
    queueDepths: () => sqs.call('depths'),
    stop: async () => {
      stopSweeping();
      await Promise.all([dynamodb.worker.terminate(), sqs.worker.terminate()]);
    },
  };
};

/**
 * Repeats a task by a clock, one run at a time. Any number of ticks during a run lead to one more run after it. Returns
 * a function that ends the repetition.
 */
export const repeatByClock = (clock: Clock, everyMs: number, task: () => Promise<void>): (() => void) => {
  let cancel = () => {};
  let isRunning = false;
  let isDue = false;
  const run = async (): Promise<void> => {
    isDue = true;
    if (isRunning) return;
    isRunning = true;
    for (; isDue; ) {
      isDue = false;
      await task();
    }
    isRunning = false;
  };
  const wait = (): void => {
    cancel = clock.after(everyMs, () => {
      wait();
      void run();
    });
  };
  wait();
  return () => cancel();
};
