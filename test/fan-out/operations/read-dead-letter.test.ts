import { describe, expect, it } from '@jest/globals';
import { readDeadLetter } from '../../../fan-out/operations/read-dead-letter.ts';

const record = { v: 1, data: 'hello' } as const;
const letter = { v: 1, reason: 'slow', diedAt: 5, record: JSON.stringify(record) };

describe('readDeadLetter', () => {
  it('unwraps what the fan-out put there', () => {
    expect(readDeadLetter(JSON.stringify(letter))).toEqual({ reason: 'slow', diedAt: 5, record });
  });

  it('takes a bare record for one that SQS itself moved', () => {
    expect(readDeadLetter(JSON.stringify(record))).toEqual({ reason: 'unfinished', record });
  });

  it.each([
    ['text', 'hello', { reason: 'unfinished' }],
    ['another JSON', '{"v":2}', { reason: 'unfinished' }],
    ['null', 'null', { reason: 'unfinished' }],
    [
      'a letter around what is no record',
      JSON.stringify({ ...letter, reason: 'unreadable', record: 'x' }),
      { reason: 'unreadable', diedAt: 5 },
    ],
    [
      'a letter with a reason nobody knows',
      JSON.stringify({ ...letter, reason: 'toString' }),
      { reason: 'unfinished' },
    ],
  ])('finds no record in %s', (_, body, expected) => {
    expect(readDeadLetter(body)).toEqual(expected);
  });
});
