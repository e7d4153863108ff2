import { describe, expect, it } from '@jest/globals';
import { createFaultDice } from '../../../../packages/local/faults/fault-dice.ts';
import { parseFaults } from '../../../../packages/local/faults/parse-faults.ts';

describe('--fault', () => {
  it.each([
    ['post:410=1%', { kind: 'post:410', probability: 0.01 }],
    ['post:429=0.5%', { kind: 'post:429', probability: 0.005 }],
    ['post:hang=100%', { kind: 'post:hang', probability: 1 }],
    ['post:delay=20ms±10ms', { kind: 'post:delay', probability: 1, delayMs: 20, spreadMs: 10 }],
    ['post:delay=20ms+-10ms', { kind: 'post:delay', probability: 1, delayMs: 20, spreadMs: 10 }],
    ['sqs:delay=1.5s', { kind: 'sqs:delay', probability: 1, delayMs: 1_500, spreadMs: 0 }],
    ['sqs:duplicate=5%', { kind: 'sqs:duplicate', probability: 0.05 }],
    ['dynamodb:throttle=5%', { kind: 'dynamodb:throttle', probability: 0.05 }],
    ['function:crash=5%', { kind: 'function:crash', probability: 0.05 }],
    ['function:crash=fan-out@50%', { kind: 'function:crash', probability: 0.5, functionName: 'fan-out' }],
  ])('%s is read', (text, rule) => {
    expect(parseFaults([text])).toEqual([rule]);
  });

  it('may be given several times, or several in one', () => {
    expect(parseFaults(['post:410=1%, post:429=1%', 'sqs:delay=1s'])).toHaveLength(3);
  });

  it.each([
    'post:410',
    'post:410=1',
    'post:410=101%',
    'post:delay=20',
    'post:delay=1s±',
    'sqs:lose=1%',
    'function:crash=@1%',
    '=1%',
  ])('%s is refused in one sentence that says what there is', (text) => {
    expect(() => parseFaults([text])).toThrow(/^--fault .* cannot be read; there are post:410=1%, .*fan-out@1%\.$/);
  });
});

describe('the dice of faults', () => {
  const roll = (seed: number) => {
    const dice = createFaultDice(parseFaults(['post:410=30%', 'post:delay=20ms±10ms']), seed);
    return Array.from({ length: 400 }, () => [dice.happens('post:410'), dice.delayMs('post:delay')] as const);
  };

  it('fall the same for a seed, and otherwise for another', () => {
    expect(roll(1)).toEqual(roll(1));
    expect(roll(1)).not.toEqual(roll(2));
  });

  it('keep to the probability and the spread', () => {
    const rolls = roll(3);
    expect(rolls.filter(([happened]) => happened).length).toBeGreaterThan(80);
    expect(rolls.filter(([happened]) => happened).length).toBeLessThan(160);
    const delays = rolls.map(([, delayMs]) => delayMs);
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(10);
    expect(Math.max(...delays)).toBeLessThanOrEqual(30);
    expect(Math.max(...delays) - Math.min(...delays)).toBeGreaterThan(15);
  });

  it('leave alone a function that a crash does not name', () => {
    const dice = createFaultDice(parseFaults(['function:crash=fan-out@100%']), 1);
    expect(dice.happens('function:crash', ['connect'])).toBe(false);
    expect(dice.happens('function:crash', ['Stack-FanOut-1', 'fan-out'])).toBe(true);
  });
});
