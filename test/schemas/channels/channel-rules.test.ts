import { describe, expect, it } from '@jest/globals';
import { checkRules, findRule, isUserChannel } from '../../../schemas/channels/channel-rules.ts';

const RULES = {
  'room:{room}': { history: { seconds: 60 } },
  'team:{team}:room:{room}': {},
  'team:{team}:{proto}': {},
  news: { ephemeral: true },
};
const find = (channel: string) => {
  const match = findRule(RULES, channel);
  return match && { pattern: match.pattern, params: { ...match.params } };
};

describe('findRule', () => {
  it.each([
    ['news', 'news', {}],
    ['room:42', 'room:{room}', { room: '42' }],
    ['room:a.b-c_%20', 'room:{room}', { room: 'a.b-c_%20' }],
    ['room:__proto__', 'room:{room}', { room: '__proto__' }],
    ['room:constructor', 'room:{room}', { room: 'constructor' }],
    ['team:1:room:2', 'team:{team}:room:{room}', { team: '1', room: '2' }],
    ['team:1:2', 'team:{team}:{proto}', { team: '1', proto: '2' }],
  ])('finds %s by the pattern %s', (channel, pattern, params) => {
    expect(find(channel)).toEqual({ pattern, params });
  });

  it.each([
    'room',
    'room:',
    'room:1:2',
    ':room:1',
    'Room:1',
    'rooms:1',
    'room:1 ',
    'room:a/b',
    'team::room:2',
    'news:1',
    '',
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    '{room}',
    'room:{room}',
    `room:${'x'.repeat(124)}`,
  ])('finds no rule for %j', (channel) => expect(find(channel)).toBeUndefined());

  it('finds a rule for the longest name', () => {
    expect(find(`room:${'x'.repeat(123)}`)?.pattern).toBe('room:{room}');
  });

  it('gives the parameters no inherited properties', () => {
    const params = findRule(RULES, 'room:42')?.params ?? {};
    expect(['constructor' in params, '__proto__' in params]).toEqual([false, false]);
  });

  it('always has a rule for the channel of a user, and takes the rule of user:{user} if there is one', () => {
    expect(find('user:ann%40x')).toEqual({ pattern: 'user:{user}', params: { user: 'ann%40x' } });
    expect(findRule(RULES, 'user:ann')?.rule).toEqual({});
    const rule = { history: { seconds: 60 } };
    expect(findRule({ 'user:{user}': rule }, 'user:ann')?.rule).toBe(rule);
    for (const name of ['user:', 'user', 'user:ann:x']) expect(find(name)).toBeUndefined();
  });

  it('finds no rule for a value that is not a text', () => {
    for (const value of [undefined, null, 7, {}, ['news']]) expect(find(value as never)).toBeUndefined();
  });
});

it('isUserChannel recognizes the channel of a user', () => {
  expect(['user:ann', 'user:', 'user', 'user:a:b', 'users:a'].map(isUserChannel)).toEqual([
    ...[true, false, false, false, false],
  ]);
});

describe('checkRules', () => {
  it('accepts the rules of a fan-out, which have no message', () => expect(() => checkRules(RULES)).not.toThrow());

  it('names the option that only a definition has', () => {
    expect(() => checkRules({ news: { publish: 'anyone' } })).toThrow(
      new TypeError("The channel 'news' has no option 'publish': only history, presence, ephemeral"),
    );
    expect(() => checkRules({ news: { publish: 'anyone' } }, ['publish'])).not.toThrow();
  });
});
