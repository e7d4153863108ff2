import { describe, expect, it } from '@jest/globals';
import { StaleRows } from '../../../fan-out/posting/stale-rows.ts';

const ids = (count: number): string[] => Array.from({ length: count }, (_, index) => `c${index}`);

describe('StaleRows', () => {
  it('deletes every row, a hundred in a call, with at most four calls in parallel', async () => {
    const calls: number[] = [];
    const deleted: string[] = [];
    let running = 0;
    let most = 0;
    const staleRows = new StaleRows({
      deleteMany: async (connectionIds) => {
        most = Math.max(most, ++running);
        await Promise.resolve();
        running--;
        calls.push(connectionIds.length);
        deleted.push(...connectionIds);
        return [];
      },
    });
    for (const id of ids(1_050)) staleRows.add(id);
    await staleRows.close();
    expect(deleted.toSorted()).toEqual(ids(1_050).toSorted());
    expect(Math.max(...calls)).toBe(100);
    expect(most).toBe(4);
    expect(staleRows.undeleted).toBe(0);
  });

  it('gives up rows that the table does not delete, and counts them', async () => {
    const staleRows = new StaleRows({
      deleteMany: async (connectionIds) => {
        if (connectionIds.length === 100) throw new Error('down');
        return ['c100'];
      },
    });
    for (const id of ids(103)) staleRows.add(id);
    await staleRows.close();
    expect(staleRows.undeleted).toBe(101);
  });
});
