import { describe, expect, it } from '@jest/globals';
import { systemTimekeeper, within } from '../../../fan-out/time/timekeeper.ts';
import { VirtualTime } from '../simulation/virtual-time.ts';

it('never fires a timer that was cancelled', async () => {
  const fired: string[] = [];
  const cancel = systemTimekeeper.after(0, () => fired.push('cancelled'));
  const kept = new Promise<void>((resolve) => {
    systemTimekeeper.after(1, () => {
      fired.push('kept');
      resolve();
    });
  });
  cancel();
  await kept;
  expect(fired).toEqual(['kept']);
});

describe('within', () => {
  it('returns a result that comes in time, and leaves no timer behind', async () => {
    const time = new VirtualTime(0, 1);
    const result = within(
      time.sleep(10).then(() => 'page'),
      20,
      time,
    );
    await time.run();
    await expect(result).resolves.toBe('page');
    expect(time.now()).toBe(10);
  });

  it('returns undefined if the result comes too late', async () => {
    const time = new VirtualTime(0, 1);
    const result = within(new Promise(() => {}), 20, time);
    await time.run();
    await expect(result).resolves.toBeUndefined();
    expect(time.now()).toBe(20);
  });

  it('passes a failure on', async () => {
    const time = new VirtualTime(0, 1);
    await expect(within(Promise.reject(new Error('down')), 20, time)).rejects.toThrow('down');
  });
});
