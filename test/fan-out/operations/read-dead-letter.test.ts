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
