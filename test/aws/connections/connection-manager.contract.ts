import { describe, expect, it } from '@jest/globals';
import type { ConnectionManager } from '../../../aws/connections/connection-manager.ts';

export interface ManagerUnderTest {
  /**
   * A manager with `c1`, connected at 08:04:01.123 from 192.0.2.7 by wscat, last active at 08:05:02.456; without `c2`.
   */
  start(): Promise<{ manager: ConnectionManager; disconnected(): string[] }>;
  /** A manager whose calls are refused. */
  startDown(): Promise<ConnectionManager>;
}

/** The promises of every connection manager. */
export const connectionManagerContract = (name: string, { start, startDown }: ManagerUnderTest): void => {
  describe(`${name} as a connection manager`, () => {
    it('returns the facts of API Gateway about a connection, with its keys in the same order', async () => {
      const { manager } = await start();
      expect(JSON.stringify(await manager.inspect('c1'))).toBe(
        '{"ConnectedAt":"2026-11-20T08:04:01.123Z","Identity":{"SourceIp":"192.0.2.7","UserAgent":"wscat"},"LastActiveAt":"2026-11-20T08:05:02.456Z"}',
      );
    });

    it('returns undefined for a connection that is gone', async () => {
      const { manager } = await start();
      expect(await manager.inspect('c2')).toBeUndefined();
    });

    it('closes a connection', async () => {
      const { manager, disconnected } = await start();
      await manager.disconnect('c1');
      expect(disconnected()).toEqual(['c1']);
    });

    it('resolves for a connection that is already gone', async () => {
      const { manager } = await start();
      await expect(manager.disconnect('c2')).resolves.toBeUndefined();
    });

    it('rejects if API Gateway answers an error, without quoting its text', async () => {
      const manager = await startDown();
      await expect(manager.inspect('c1')).rejects.toThrow(/^API Gateway/);
      await expect(manager.disconnect('c1')).rejects.toThrow(/^API Gateway/);
      await expect(manager.inspect('c1')).rejects.not.toThrow(/Canonical/);
    });
  });
};
