import { describe, expect, it } from '@jest/globals';
import { readDeadLetter } from '../../../fan-out/operations/read-dead-letter.ts';

const record = { v: 1, data: 'hello' } as const;
const letter = { v: 1, reason: 'slow', diedAt: 5, record: JSON.stringify(record) };

describe('readDeadLetter', () => {
  it('unwraps a letter of the fan-out', () => {
    expect(readDeadLetter(JSON.stringify(letter))).toEqual({ reason: 'slow', diedAt: 5, record });
  });

  it('reads a bare record as one that SQS itself moved', () => {
    expect(readDeadLetter(JSON.stringify(record))).toEqual({ reason: 'unfinished', record });
  });

  it('reads a message of a channel, in a letter and bare', () => {
    const message = { v: 1, channel: 'room:1', at: 5, data: { text: 'hi' }, id: 'x' };
    const inLetter = { v: 1, reason: 'unknown-channel', diedAt: 5, record: JSON.stringify(message) };
    expect(readDeadLetter(JSON.stringify(inLetter))).toEqual({ reason: 'unknown-channel', diedAt: 5, record: message });
    expect(readDeadLetter(JSON.stringify(message))).toEqual({ reason: 'unfinished', record: message });
    const look = { v: 1, channel: 'room:1', look: 'ann' };
    expect(readDeadLetter(JSON.stringify(look))).toEqual({ reason: 'unfinished', record: look });
  });

  it.each([
    ['text', 'hello', { reason: 'unfinished' }],
    ['another JSON', '{"v":2}', { reason: 'unfinished' }],
    ['null', 'null', { reason: 'unfinished' }],
    [
      'a letter whose content is not a record',
      JSON.stringify({ ...letter, reason: 'unreadable', record: 'x' }),
      { reason: 'unreadable', diedAt: 5 },
    ],
    ['a letter with an unknown reason', JSON.stringify({ ...letter, reason: 'toString' }), { reason: 'unfinished' }],
  ])('finds no record in %s', (_, body, expected) => {
    expect(readDeadLetter(body)).toEqual(expected);
  });
});
