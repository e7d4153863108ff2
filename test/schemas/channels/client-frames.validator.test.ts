import { describe, expect, it } from '@jest/globals';
import {
  membersFrame,
  publishFrame,
  subscribeFrame,
  syncFrame,
  unsubscribeFrame,
} from '../../../schemas/channels/client-frames.validator.ts';

const VALIDATORS = {
  subscribe: subscribeFrame,
  sync: syncFrame,
  unsubscribe: unsubscribeFrame,
  publish: publishFrame,
  members: membersFrame,
};
type Action = keyof typeof VALIDATORS;
const channel = 'room:1';
const many = (count: number) => Array.from({ length: count }, () => ({ channel }));

describe('a frame of a client', () => {
  it.each([
    ['subscribe', { channel }],
    ['subscribe', { channel, after: 0 }],
    ['subscribe', { channel, after: Number.MAX_SAFE_INTEGER }],
    ['subscribe', { channel, last: 1 }],
    ['subscribe', { channel, last: 100 }],
    ['sync', { channels: [] }],
    ['sync', { channels: many(51) }],
    ['sync', { channels: [{ channel, after: 7 }, { channel: 'news' }] }],
    ['unsubscribe', { channel }],
    ['members', { channel: '__proto__' }],
    ['publish', { channel, data: null }],
    ['publish', { channel, data: { text: 'hi' }, key: 'A-z_0'.padEnd(64, 'x') }],
  ] as [Action, object][])('%s accepts %j, and ignores unknown fields', (action, frame) => {
    expect(VALIDATORS[action]({ action, colour: 'red', ...frame })).toBe(true);
  });

  it.each([
    ['subscribe', {}],
    ['subscribe', { channel: 7 }],
    ['subscribe', { channel: '' }],
    ['subscribe', { channel: 'x'.repeat(129) }],
    ['subscribe', { channel, after: -1 }],
    ['subscribe', { channel, after: 1.5 }],
    ['subscribe', { channel, after: '7' }],
    ['subscribe', { channel, after: null }],
    ['subscribe', { channel, after: Number.MAX_SAFE_INTEGER + 1 }],
    ['subscribe', { channel, last: 0 }],
    ['subscribe', { channel, last: 101 }],
    ['subscribe', { channel, last: 2.5 }],
    ['subscribe', { channel, after: 1, last: 1 }],
    ['sync', {}],
    ['sync', { channels: many(52) }],
    ['sync', { channels: channel }],
    ['sync', { channels: [channel] }],
    ['sync', { channels: [{}] }],
    ['sync', { channels: [{ channel, after: 'x' }] }],
    ['unsubscribe', {}],
    ['members', { channel: null }],
    ['publish', { channel }],
    ['publish', { data: 1 }],
    ['publish', { channel, data: 1, key: '' }],
    ['publish', { channel, data: 1, key: 'a b' }],
    ['publish', { channel, data: 1, key: 'x'.repeat(65) }],
    ['publish', { channel, data: 1, key: 7 }],
  ] as [Action, object][])('%s refuses %j', (action, frame) => {
    expect(VALIDATORS[action]({ action, ...frame })).toBe(false);
  });
});
