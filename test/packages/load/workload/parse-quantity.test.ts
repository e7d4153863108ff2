import { describe, expect, it } from '@jest/globals';
import { InputError } from '../../../../packages/load/workload/input-error.ts';
import { parseQuantity, type QuantityKind } from '../../../../packages/load/workload/parse-quantity.ts';

describe('parseQuantity', () => {
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
    expect(parseQuantity(kind, '--x', text)).toBeCloseTo(value, 12);
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
  ])('refuses %s %j with its name, what was given and what is expected', (kind, text) => {
    const parse = (): number => parseQuantity(kind, '--x', text);
    expect(parse).toThrow(InputError);
    expect(parse).toThrow(/^--x: expected a .* such as .*, got /);
    expect(parse).toThrow(JSON.stringify(text));
  });
});
