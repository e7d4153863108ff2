import { describe, expect, it } from '@jest/globals';
import { createFaultPicker } from '../../../../packages/local/faults/fault-picker.ts';
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

  it('can be repeated, and can contain several faults', () => {
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
  ])('%s is refused with the valid forms', (text) => {
    expect(() => parseFaults([text])).toThrow(/^--fault .* is invalid\. Use post:410=1%, .*fan-out@1%\.$/);
  });
});

describe('the picker of faults', () => {
  const pick = (seed: number) => {
    const faultPicker = createFaultPicker(parseFaults(['post:410=30%', 'post:delay=20ms±10ms']), seed);
    return Array.from(
      { length: 400 },
      () => [faultPicker.happens('post:410'), faultPicker.delayMs('post:delay')] as const,
    );
  };

  it('decides the same for the same seed, and differently for another', () => {
    expect(pick(1)).toEqual(pick(1));
    expect(pick(1)).not.toEqual(pick(2));
  });

  it('keeps to the probability and the spread', () => {
    const picks = pick(3);
    expect(picks.filter(([happened]) => happened).length).toBeGreaterThan(80);
    expect(picks.filter(([happened]) => happened).length).toBeLessThan(160);
    const delays = picks.map(([, delayMs]) => delayMs);
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(10);
    expect(Math.max(...delays)).toBeLessThanOrEqual(30);
    expect(Math.max(...delays) - Math.min(...delays)).toBeGreaterThan(15);
  });

  it('spares functions that a crash does not name', () => {
    const faultPicker = createFaultPicker(parseFaults(['function:crash=fan-out@100%']), 1);
    expect(faultPicker.happens('function:crash', ['connect'])).toBe(false);
    expect(faultPicker.happens('function:crash', ['Stack-FanOut-1', 'fan-out'])).toBe(true);
  });
});
