import { expect, it } from '@jest/globals';
import { systemTimekeeper } from '../../../fan-out/time/timekeeper.ts';

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
