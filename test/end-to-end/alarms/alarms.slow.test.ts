import { GetQueueAttributesCommand, GetQueueUrlCommand } from '@aws-sdk/client-sqs';
import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createMovableClock } from '../../../packages/local/runtime/clock.ts';
import { BROADCAST_LIFE_MS } from '../../../schemas/quotas.ts';
import { PATIENCE_MS, until } from '../../support/until.ts';
import { type RunningChat, runChat, synthesizeChat } from '../run-chat.ts';
import { readMetric, type TimedEvent } from './run-metrics.ts';
import { type AlarmState, evaluateAlarm, readAlarms, type StatedAlarm } from './stated-alarm.ts';

/** After this time the queue delivers a record again if its function was killed. */
const VISIBILITY_MS = 180_000;
const A_SECOND_MS = 1_000;
const MAX_RECEIVES = 5;
const ALL_OK = { DeadLetters: 'OK', OldestBroadcast: 'OK', FanOutErrors: 'OK' };
const NAMES = ['DeadLetters', 'OldestBroadcast', 'FanOutErrors'] as const;
type Name = (typeof NAMES)[number];

let cdkOut: string;
const running: RunningChat[] = [];
beforeAll(async () => {
  cdkOut = await synthesizeChat();
});
afterEach(() => Promise.all(running.splice(0).map((chat) => chat.stop())));

/** The chat with its alarms, a sender and a receiver, on a clock that can be moved. */
const watchChat = async (faults: readonly string[] = []) => {
  const clock = createMovableClock();
  const events: TimedEvent[] = [];
  const chat = await runChat({ cdkOut, clock, faults, log: (event) => events.push({ at: clock.now(), event }) });
  running.push(chat);
  const alarms = readAlarms(cdkOut);
  const alarm = (name: Name) => alarms.find(({ logicalId }) => logicalId.includes(name)) as StatedAlarm;
  const stateOf = async (stated: StatedAlarm): Promise<AlarmState> => {
    const now = clock.now();
    return evaluateAlarm(stated, await readMetric(stated, { events, sqs: chat.sqs, now }), now);
  };
  const state = (name: Name) => stateOf(alarm(name));
  const queueAgesMs = () => events.flatMap(({ event }) => (event.type === 'queue' ? [event.oldestAgeMs] : []));
  const [sender, receiver] = [await chat.open(), await chat.open()];
  return {
    ...chat,
    clock,
    alarm,
    stateOf,
    state,
    states: async () => Object.fromEntries(await Promise.all(NAMES.map(async (name) => [name, await state(name)]))),
    receiver,
    say: (message: string) => sender.type(JSON.stringify({ action: 'send-message', message })),
    fanOuts: (ok: boolean) =>
      events.filter(({ event }) => event.type === 'invocation' && /FanOut/.test(event.functionName) && event.ok === ok)
        .length,
    /** Whether the broadcast queue has no message, visible or in flight. */
    isDrained: async () => {
      const { QueueName } = alarm('OldestBroadcast').dimensions;
      const { QueueUrl } = await chat.sqs.send(new GetQueueUrlCommand({ QueueName }));
      const counts = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
      const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...counts] });
      const { Attributes = {} } = await chat.sqs.send(command);
      return counts.every((count) => Attributes[count] === '0');
    },
    /** Waits until the run has reported a record of at least this age. */
    seesAge: (ageMs: number) => until(() => queueAgesMs().some((age) => age >= ageMs)),
  };
};

describe('the alarms of the chat', () => {
  it('stay OK while every broadcast arrives', async () => {
    const chat = await watchChat();
    expect(await chat.states()).toEqual(ALL_OK);
    chat.say('hello');
    expect(await chat.receiver.next(PATIENCE_MS)).toBe('hello');
    await until(() => chat.fanOuts(true) === 1);
    expect(await chat.states()).toEqual(ALL_OK);
  });

  it('report a killed fan-out, then a broadcast that waits too long, then its dead letter', async () => {
    const chat = await watchChat(['function:crash=fan-out@100%']);
    expect(await chat.states()).toEqual(ALL_OK);
    chat.say('hello');
    await until(() => chat.fanOuts(false) === 1);
    expect(await chat.states()).toEqual({ ...ALL_OK, FanOutErrors: 'ALARM' });

    // One killed function does not set off the alarm for the age of a broadcast.
    await chat.clock.advance(VISIBILITY_MS);
    await until(() => chat.fanOuts(false) === 2);
    await chat.seesAge(VISIBILITY_MS);
    expect(await chat.states()).toEqual({ ...ALL_OK, FanOutErrors: 'ALARM' });

    // At half of its life there is still time to act.
    await chat.clock.advance(BROADCAST_LIFE_MS / 2 - VISIBILITY_MS + A_SECOND_MS);
    await chat.seesAge(BROADCAST_LIFE_MS / 2 + 1);
    expect(await chat.states()).toEqual({ DeadLetters: 'OK', OldestBroadcast: 'ALARM', FanOutErrors: 'ALARM' });

    await chat.clock.advance(VISIBILITY_MS);
    await until(() => chat.fanOuts(false) === 3);
    expect(await chat.state('DeadLetters')).toBe('OK');
    // The broadcast has expired. A function that lives long enough moves it to the dead-letter queue, otherwise SQS
    // does.
    for (let receives = 4; (await chat.state('DeadLetters')) !== 'ALARM'; receives += 1) {
      expect(receives).toBeLessThanOrEqual(MAX_RECEIVES + 1);
      await chat.clock.advance(VISIBILITY_MS);
      await until(async () => chat.fanOuts(false) === receives || (await chat.state('DeadLetters')) === 'ALARM');
    }
    // A function may have died after it dead-lettered the broadcast and before it answered: then its record returns.
    while (!(await chat.isDrained())) {
      const failed = chat.fanOuts(false);
      expect(failed).toBeLessThanOrEqual(MAX_RECEIVES);
      await chat.clock.advance(VISIBILITY_MS);
      await until(async () => chat.fanOuts(false) > failed || (await chat.isDrained()));
    }
    await chat.clock.advance(MAX_RECEIVES * VISIBILITY_MS);
    await until(async () => (await chat.state('OldestBroadcast')) === 'OK');
    // Only the dead letter still needs attention. The run may report the last crash late.
    await until(async () => {
      await chat.clock.advance(VISIBILITY_MS);
      return (await chat.state('FanOutErrors')) === 'OK';
    });
    expect(await chat.states()).toEqual({ ...ALL_OK, DeadLetters: 'ALARM' });
  });

  it('report a broadcast that API Gateway always refuses only by its dead letter', async () => {
    const chat = await watchChat(['post:429=100%']);
    expect(await chat.states()).toEqual(ALL_OK);
    chat.say('hello');
    for (let attempts = 1; (await chat.state('DeadLetters')) !== 'ALARM'; attempts += 1) {
      await until(() => chat.fanOuts(true) >= attempts);
      await chat.clock.advance(60_000);
    }
    expect(await chat.states()).toEqual({ ...ALL_OK, DeadLetters: 'ALARM' });
    expect(chat.fanOuts(false)).toBe(0);
  });
});

describe('an alarm with a mistake', () => {
  it('does not go off for another queue or function, another metric or another threshold', async () => {
    const chat = await watchChat(['function:crash=fan-out@100%']);
    chat.say('hello');
    await until(() => chat.fanOuts(false) === 1);
    const right = chat.alarm('FanOutErrors');
    expect(await chat.stateOf(right)).toBe('ALARM');
    const wrong: Partial<StatedAlarm>[] = [
      { dimensions: { FunctionName: chat.functionName('SendMessage') } },
      { dimensions: { FunctionName: 'nobody' } },
      { dimensions: { QueueName: right.dimensions.FunctionName ?? '' } },
      { metricName: 'Throttles' },
      { namespace: 'AWS/SQS' },
      { threshold: 1 },
      { statistic: 'Minimum', comparisonOperator: 'LessThanThreshold' },
      { evaluationPeriods: 2, datapointsToAlarm: 2 },
    ];
    for (const change of wrong) expect(await chat.stateOf({ ...right, ...change })).toBe('OK');
    expect(await chat.stateOf({ ...right, treatMissingData: 'missing', metricName: 'Throttles' })).toBe(
      'INSUFFICIENT_DATA',
    );
  });
});
