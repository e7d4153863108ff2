import { describe, expect, it } from '@jest/globals';
import type { ConnectionManager } from '../../../aws/connections/connection-manager.ts';

export interface ManagerUnderTest {
  /** A manager that knows `c1`, since 08:04:01.123, from 192.0.2.7 by wscat, last active at 08:05:02.456; not `c2`. */
  start(): Promise<{ manager: ConnectionManager; disconnected(): string[] }>;
  /** One that is answered an error. */
  startDown(): Promise<ConnectionManager>;
}

/** What every connection manager promises. */
export const connectionManagerContract = (name: string, { start, startDown }: ManagerUnderTest): void => {
  describe(`${name} as a connection manager`, () => {
    it('says what API Gateway knows of a connection, in the order of its keys', async () => {
      const { manager } = await start();
      expect(JSON.stringify(await manager.inspect('c1'))).toBe(
        '{"ConnectedAt":"2026-11-20T08:04:01.123Z","Identity":{"SourceIp":"192.0.2.7","UserAgent":"wscat"},"LastActiveAt":"2026-11-20T08:05:02.456Z"}',
      );
    });

    it('knows nothing of a connection that is gone', async () => {
      const { manager } = await start();
      expect(await manager.inspect('c2')).toBeUndefined();
    });

    it('closes a connection', async () => {
      const { manager, disconnected } = await start();
      await manager.disconnect('c1');
      expect(disconnected()).toEqual(['c1']);
    });

    it('closes a connection that is gone', async () => {
      const { manager } = await start();
      await expect(manager.disconnect('c2')).resolves.toBeUndefined();
    });

    it('rejects a question that was not answered, without the text of the service', async () => {
      const manager = await startDown();
      await expect(manager.inspect('c1')).rejects.toThrow(/^API Gateway/);
      await expect(manager.disconnect('c1')).rejects.toThrow(/^API Gateway/);
      await expect(manager.inspect('c1')).rejects.not.toThrow(/Canonical/);
    });
  });
};
