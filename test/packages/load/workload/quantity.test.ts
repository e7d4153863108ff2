import { describe, expect, it } from '@jest/globals';
import { UsageError } from '../../../../packages/command-line/command.ts';
import { type QuantityKind, quantity } from '../../../../packages/load/workload/quantity.ts';

describe('quantity', () => {
  it.each<[QuantityKind, string, number]>([
    ['count', '200', 200],
    ['duration', '500ms', 500],
    ['duration', '1.5s', 1_500],
    ['duration', '2m', 120_000],
    ['duration', '1h', 3_600_000],
    ['bytes', '200B', 200],
    ['bytes', '2KB', 2_048],
    ['rate', '10/s', 10],
    ['rate', '30/min', 0.5],
    ['share', '5%', 0.05],
    ['shareRate', '2%/s', 0.02],
  ])('reads %s %s as %d', (kind, text, value) => {
    expect(quantity(kind)(text, '--x')).toBeCloseTo(value, 12);
  });

  it.each<[QuantityKind, string]>([
    ['count', '2.5'],
    ['count', '-1'],
    ['duration', '30'],
    ['bytes', '2kb'],
    ['rate', '10'],
    ['share', '0.05'],
    ['shareRate', '2%'],
    ['count', ''],
  ])('refuses %s %j with the option, the value and what is expected', (kind, text) => {
    const parse = (): number => quantity(kind)(text, '--x');
    expect(parse).toThrow(UsageError);
    expect(parse).toThrow(/^--x: expected a .* such as .*, got /);
    expect(parse).toThrow(JSON.stringify(text));
  });

  it('refuses a value out of its bounds, and shows the bounds', () => {
    const fewSeconds = quantity('duration', (ms) => ms >= 1_000 && ms <= 9_000, 'from 1s to 9s');
    expect([fewSeconds('1s', '--x'), fewSeconds('9s', '--x')]).toEqual([1_000, 9_000]);
    expect(() => fewSeconds('10s', '--x')).toThrow(/^--x: expected a duration such as .*, from 1s to 9s, got "10s"\.$/);
  });
});
