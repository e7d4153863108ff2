import { expect, it } from '@jest/globals';
import { OutageWatch } from '../../../../packages/load/generator/outage-watch.ts';

it('notes when no connection was open, and until when', () => {
  const watch = new OutageWatch();
  for (const [atUs, open] of [
    [1, 5],
    [2, 0],
    [3, 0],
    [4, 2],
    [5, 0],
  ] as const)
    watch.note(atUs, open);
  expect(watch.outages).toEqual([
    { fromUs: 2, toUs: 4 },
    { fromUs: 5, toUs: undefined },
  ]);
});

it('takes a target for dead that took no connection for five seconds', () => {
  const watch = new OutageWatch();
  watch.note(1_000_000, 0);
  expect(watch.isDead(5_999_999)).toBe(false);
  expect(watch.isDead(6_000_000)).toBe(true);
  watch.note(6_000_001, 1);
  expect(watch.isDead(99_000_000)).toBe(false);
});
