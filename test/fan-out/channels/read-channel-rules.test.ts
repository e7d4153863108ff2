import { describe, expect, it } from '@jest/globals';
import { readChannelRules } from '../../../fan-out/channels/read-channel-rules.ts';

const read = (FAN_OUT_CHANNELS?: string) => readChannelRules({ FAN_OUT_CHANNELS });

describe('readChannelRules', () => {
  it('reads the rules by pattern', () => {
    const rules = { 'room:{room}': { history: { seconds: 60 }, presence: true }, news: {} };
    expect(read(JSON.stringify(rules))).toEqual(rules);
  });

  it.each([
    [undefined, 'The environment variable FAN_OUT_CHANNELS is not set: the rules of the channels by pattern, as JSON'],
    ['{', 'The environment variable FAN_OUT_CHANNELS is invalid: Expected property name or'],
    ['[]', 'The environment variable FAN_OUT_CHANNELS is invalid: Expected channels by pattern'],
    [
      '{"room:{room}":{"presence":true}}',
      "The environment variable FAN_OUT_CHANNELS is invalid: The channel 'room:{room}' has presence without history",
    ],
  ])('names the variable if it is %s', (text, message) => expect(() => read(text)).toThrow(message));
});
