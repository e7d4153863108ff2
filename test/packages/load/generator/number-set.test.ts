import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { NumberSet } from '../../../../packages/load/generator/number-set.ts';

it('holds what a Set would hold, in any order', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 10_000 })), (numbers) => {
      const [ours, set] = [new NumberSet(), new Set<number>()];
      for (const number of numbers) {
        expect(ours.add(number)).toBe(!set.has(number));
        set.add(number);
      }
      for (const number of [...numbers, 0, 31, 32, 1_023, 1_024, 9_999]) expect(ours.has(number)).toBe(set.has(number));
    }),
  );
});
