import { expect, it } from '@jest/globals';
import * as v from 'valibot';
import { z } from 'zod';
import { type ChannelData, type ChannelName, defineChannels } from '../../../schemas/channels/define-channels.ts';
import { compileValidator } from '../../../schemas/validation/compile-validator.ts';

/** The compiler checks this file: `npm test` fails if a line compiles that should not, or does not compile. */
type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const assertType = <_Proof extends true>(): void => {};

const text = compileValidator({
  type: 'object',
  additionalProperties: false,
  required: ['text'],
  properties: { text: { type: 'string' } },
});

const channels = defineChannels({
  'room:{room}': { message: text, history: { seconds: 3_600 }, presence: true, publish: 'subscribers' },
  'team:{team}:room:{room}': { message: z.object({ size: z.number() }) },
  news: { message: v.object({ title: v.string() }) },
});
type Application = typeof channels;

/** A function of the shape that routes have. */
const publish = <Name extends ChannelName<Application>>(channel: Name, data: ChannelData<Application, Name>) => ({
  channel,
  data,
});

it('types the names of the channels from their patterns', () => {
  assertType<Equal<ChannelName<Application>, `room:${string}` | `team:${string}:room:${string}` | 'news'>>();
  expect(Object.keys(channels.definitions)).toEqual(['room:{room}', 'team:{team}:room:{room}', 'news']);
});

it('types the data of a channel from its validator', () => {
  assertType<Equal<ChannelData<Application, 'room:42'>, { text: string }>>();
  assertType<Equal<ChannelData<Application, 'team:1:room:2'>, { size: number }>>();
  assertType<Equal<ChannelData<Application, 'news'>, { title: string }>>();
  assertType<Equal<ChannelData<Application, `room:${string}`>, { text: string }>>();
  expect(publish('room:42', { text: 'hi' })).toEqual({ channel: 'room:42', data: { text: 'hi' } });
});

it('does not compile a wrong name, data, option or policy', () => {
  const wrong = () => {
    // @ts-expect-error no pattern matches it
    publish('nosuch:1', { text: 'hi' });
    // @ts-expect-error its text is a string
    publish('room:42', { text: 1 });
    // @ts-expect-error it has a title
    publish('news', { text: 'hi' });
    // @ts-expect-error the policy is called subscribers
    defineChannels({ news: { message: text, publish: 'subscriber' } });
    // @ts-expect-error a channel needs a message
    defineChannels({ news: { history: { seconds: 60 } } });
  };
  expect(wrong).toThrow(TypeError);
});
