import { describe, expect, it } from '@jest/globals';
import type { ConnectionTable } from '../../../aws/connections/connection-table.ts';
import type { ConnectionRow } from '../../../schemas/connections/connection-row.ts';
import { aConnectionRow } from '../../support/a-connection-row.ts';

export interface TableUnderTest {
  /** An empty table. */
  start(): Promise<ConnectionTable>;
  /** A table that cannot be reached. */
  startDown(): Promise<ConnectionTable>;
}

/** The promises of every connection table. */
export const connectionTableContract = (name: string, { start, startDown }: TableUnderTest): void => {
  describe(`${name} as a connection table`, () => {
    it('returns the row that was put, and only its attributes', async () => {
      const table = await start();
      await table.put(aConnectionRow());
      expect(await table.scanPage()).toEqual({ rows: [aConnectionRow()], cursor: undefined });
    });

    it('keeps that a connection speaks the subprotocol', async () => {
      const table = await start();
      await table.put(aConnectionRow({ protocol: true }));
      expect(await allRows(table)).toEqual([aConnectionRow({ protocol: true })]);
    });

    it('replaces the row of the same connection', async () => {
      const table = await start();
      await table.put(aConnectionRow({ connectedAt: 1 }));
      await table.put(aConnectionRow({ connectedAt: 2 }));
      expect(await allRows(table)).toEqual([aConnectionRow({ connectedAt: 2 })]);
    });

    it('keeps that a connection speaks the subprotocol, when its row is put again without it', async () => {
      const table = await start();
      await table.put(aConnectionRow({ connectionId: 'c1', protocol: true }));
      await table.put(aConnectionRow({ connectionId: 'c1', ttl: 1_795_230_000 }));
      expect(await allRows(table)).toEqual([
        aConnectionRow({ connectionId: 'c1', ttl: 1_795_230_000, protocol: true }),
      ]);
    });

    it('deletes one row and leaves the others', async () => {
      const table = await start();
      await table.put(aConnectionRow({ connectionId: 'stays' }));
      await table.put(aConnectionRow({ connectionId: 'goes' }));
      await table.delete('goes');
      expect(await idsIn(table)).toEqual(['stays']);
    });

    it('resolves if the row to delete does not exist', async () => {
      const table = await start();
      await expect(table.delete('never-was')).resolves.toBeUndefined();
    });

    it('deletes more rows than a batch holds, also duplicate and unknown ids, and leaves the others', async () => {
      const table = await start();
      const ids = Array.from({ length: 60 }, (_, index) => `c${String(index).padStart(2, '0')}`);
      await Promise.all(ids.map((connectionId) => table.put(aConnectionRow({ connectionId }))));
      expect(await table.deleteMany([...ids.slice(1), 'c07', 'never-was'])).toEqual([]);
      expect(await idsIn(table)).toEqual(['c00']);
    });

    it('accepts an empty list of rows to delete', async () => {
      const table = await start();
      expect(await table.deleteMany([])).toEqual([]);
    });

    it('returns each row once over all pages', async () => {
      const table = await start();
      // A page is 1 MB, and a key 2,048 bytes at most.
      const ids = Array.from({ length: 600 }, (_, index) => `c${index}`.padEnd(2_000, '-'));
      await Promise.all(ids.map((connectionId) => table.put(aConnectionRow({ connectionId }))));
      expect((await table.scanPage()).cursor).toEqual(expect.any(String));
      expect(await idsIn(table)).toEqual([...ids].sort());
    });

    it('continues after a cursor whose row is gone', async () => {
      const table = await start();
      const ids = ['a', 'b', 'c', 'd'];
      for (const connectionId of ids) await table.put(aConnectionRow({ connectionId }));
      const order = (await table.scanPage()).rows.map(({ connectionId }) => connectionId);
      const cursor = order[1] as string;
      await table.delete(cursor);
      const { rows } = await table.scanPage(cursor);
      expect(rows.map(({ connectionId }) => connectionId)).toEqual(order.slice(2));
    });

    it('rejects failed calls, and returns the ids of rows that it could not delete', async () => {
      const table = await startDown();
      await expect(table.put(aConnectionRow())).rejects.toThrow();
      await expect(table.delete('c1')).rejects.toThrow();
      await expect(table.scanPage()).rejects.toThrow();
      expect(await table.deleteMany(['c1', 'c2', 'c1'])).toEqual(['c1', 'c2']);
    });
  });
};

const allRows = async (table: ConnectionTable): Promise<ConnectionRow[]> => {
  const rows: ConnectionRow[] = [];
  let cursor: string | undefined;
  do {
    const page = await table.scanPage(cursor);
    rows.push(...page.rows);
    cursor = page.cursor;
  } while (cursor !== undefined);
  return rows;
};

const idsIn = async (table: ConnectionTable): Promise<string[]> =>
  (await allRows(table)).map(({ connectionId }) => connectionId).sort();
