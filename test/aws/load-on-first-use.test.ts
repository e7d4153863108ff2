import { describe, expect, it } from '@jest/globals';
import { loadOnFirstUse } from '../../aws/load-on-first-use.ts';

class Counter {
  count = 0;
  async add(step: number): Promise<number> {
    this.count += step;
    return this.count;
  }
}

describe('loadOnFirstUse', () => {
  it('loads once, when a method is first called, and keeps the state', async () => {
    let loads = 0;
    const counter = loadOnFirstUse<Pick<Counter, 'add'>>(async () => {
      loads++;
      return new Counter();
    });
    expect(loads).toBe(0);
    expect(await Promise.all([counter.add(1), counter.add(2)])).toEqual([1, 3]);
    expect(loads).toBe(1);
  });

  it('rejects the call where loading fails', async () => {
    const broken = loadOnFirstUse<Pick<Counter, 'add'>>(async () => {
      throw new Error('no such module');
    });
    await expect(broken.add(1)).rejects.toThrow('no such module');
  });
});
