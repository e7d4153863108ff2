import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { defineChannels, findChannel, rulesOf } from '../../../schemas/channels/define-channels.ts';
import { compileValidator } from '../../../schemas/validation/compile-validator.ts';

const message = compileValidator({ type: 'object', required: ['text'], properties: { text: { type: 'string' } } });
const history = { seconds: 3_600 };
const define = (definitions: unknown) => () => defineChannels(definitions as never);

describe('defineChannels', () => {
  it('takes channels with every option, and validators of several kinds', () => {
    const definitions = {
      'room:{room}': { message, history, presence: true, publish: 'subscribers' },
      'typing:{room}': { message: z.object({ user: z.string() }), ephemeral: true, publish: 'anyone' },
      'team:{team}:room:{room}': { message },
      'user:{user}': { message, history },
      news: { message, publish: 'nobody' },
    } as const;
    expect(defineChannels(definitions).definitions).toBe(definitions);
  });

  it.each([
    [{ 'room:{room}': {}, 'room:{id}': {} }, "'room:{room}' and 'room:{id}' match the same names, such as room:1: re"],
    [
      { 'room:{room}': {}, 'room:lobby': {} },
      "'room:{room}' and 'room:lobby' match the same names, such as room:lobby",
    ],
    [{ 'a:{x}:c': {}, 'a:b:{y}': {} }, "'a:{x}:c' and 'a:b:{y}' match the same names, such as a:b:c: rename one"],
    [{ 'room:{room}': { presence: true } }, "The channel 'room:{room}' has presence without history: add history: {"],
    [
      { 'room:{room}': { ephemeral: true, history } },
      "The channel 'room:{room}' is ephemeral and has a history: remove one of the two",
    ],
    [{ '{room}': {} }, "The channel '{room}' begins with a parameter: begin with a fixed part, such as 'room:'"],
    [{ '{a}:b': {} }, "The channel '{a}:b' begins with a parameter"],
    [{ 'user:{id}': {} }, "The channel 'user:{id}' begins with 'user:', which belongs to the connections of a user"],
    [{ 'user:{user}:x': {} }, "The channel 'user:{user}:x' begins with 'user:'"],
    [{ user: {} }, "The channel 'user' begins with 'user:'"],
    [{ 'room:{a}:{a}': {} }, "The channel 'room:{a}:{a}' names a parameter twice: rename one"],
    [{ '': {} }, "'' is not a pattern of channels: write 1 to 128 characters in parts"],
    [{ 'room:': {} }, "'room:' is not a pattern of channels"],
    [{ 'room:{room': {} }, "'room:{room' is not a pattern of channels"],
    [{ 'room:x{room}': {} }, "'room:x{room}' is not a pattern of channels"],
    [{ 'room 1': {} }, "'room 1' is not a pattern of channels"],
    [{ ['r'.repeat(129)]: {} }, 'is not a pattern of channels'],
    [{ news: { histroy: history } }, "The channel 'news' has no option 'histroy': write history"],
    [{ news: { colour: 'red' } }, "The channel 'news' has no option 'colour': only history, presence, ephemeral, mess"],
    [{ news: { presence: 'yes' } }, "The channel 'news': write presence: true"],
    [{ news: { ephemeral: 1 } }, "The channel 'news': write ephemeral: true"],
    [{ news: { history: true } }, "The channel 'news': write history: { seconds: 60 to 604800 }"],
    [{ news: { history: { seconds: 59 } } }, "The channel 'news': write history: { seconds: 60 to 604800 }"],
    [{ news: { history: { seconds: 604_801 } } }, "The channel 'news': write history"],
    [{ news: { history: { seconds: 60.5 } } }, "The channel 'news': write history"],
    [{ news: { history: { seconds: 60, minutes: 1 } } }, "The channel 'news': write history"],
    [{ news: { publish: 'everyone' } }, "The channel 'news': write publish: 'nobody' or 'subscribers' or 'anyone'"],
  ] as [Record<string, object>, string][])('refuses %j by name', (definitions, sentence) => {
    const withMessage = Object.fromEntries(
      Object.entries(definitions).map(([pattern, definition]) => [pattern, { message, ...definition }]),
    );
    expect(define(withMessage)).toThrow(TypeError);
    expect(define(withMessage)).toThrow(sentence);
  });

  it.each([
    [undefined, 'got undefined'],
    [{ type: 'object' }, 'got Object'],
    ['text', 'got String'],
  ])('refuses %j as a validator, and says what to write', (invalid, got) => {
    expect(define({ news: { message: invalid } })).toThrow("The channel 'news' needs message: Expected a validator");
    expect(define({ news: { message: invalid } })).toThrow(got);
    expect(define({ news: { message: invalid } })).toThrow('Write "export const name = compileValidator(schema)"');
  });

  it.each([[undefined], [null], [[]], ['room:{room}']])('refuses %j instead of definitions', (definitions) => {
    expect(define(definitions)).toThrow(
      new TypeError("Expected channels by pattern, such as { 'room:{room}': { … } }"),
    );
  });

  it.each([[null], ['text'], [[]]])('refuses %j as a definition', (definition) => {
    expect(define({ news: definition })).toThrow("The channel 'news' needs an object of options");
  });

  it('takes 60 seconds and 604,800 seconds of history', () => {
    for (const seconds of [60, 604_800]) expect(define({ news: { message, history: { seconds } } })).not.toThrow();
  });
});

describe('findChannel', () => {
  const channels = defineChannels({ 'room:{room}': { message, publish: 'subscribers' } });

  it('finds the definition of a channel, with its parameters', () => {
    expect(findChannel(channels, 'room:42')).toEqual({
      ...{ pattern: 'room:{room}', rule: channels.definitions['room:{room}'], params: { room: '42' } },
    });
    expect(findChannel(channels, 'news')).toBeUndefined();
  });

  it('finds the channel of a user without a definition', () => {
    expect(findChannel(channels, 'user:ann')).toEqual({ pattern: 'user:{user}', rule: {}, params: { user: 'ann' } });
  });
});

it('rulesOf keeps the rules as data, without validators and policies', () => {
  const channels = defineChannels({
    'room:{room}': { message, history, presence: true, publish: 'subscribers' },
    'typing:{room}': { message, ephemeral: true },
    news: { message, presence: false },
  });
  expect(JSON.parse(JSON.stringify(rulesOf(channels)))).toEqual({
    'room:{room}': { history, presence: true },
    'typing:{room}': { ephemeral: true },
    news: {},
  });
});
