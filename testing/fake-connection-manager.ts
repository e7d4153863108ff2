import type { ConnectionInfo, ConnectionManager } from '../aws/connections/connection-manager.ts';

/** Knows and ends the connections it is told of, for tests. The real one passes the same tests. */
export class FakeConnectionManager implements ConnectionManager {
  /** By connection id. One that is not in it is gone. */
  readonly connections: Map<string, ConnectionInfo>;
  /** What was asked to be closed, in order. */
  readonly disconnected: string[] = [];
  /** While true, every call fails. */
  down = false;

  constructor(connections: Readonly<Record<string, ConnectionInfo>> = {}) {
    this.connections = new Map(Object.entries(connections));
  }

  async inspect(connectionId: string): Promise<ConnectionInfo | undefined> {
    this.#answer();
    return this.connections.get(connectionId);
  }

  async disconnect(connectionId: string): Promise<void> {
    this.#answer();
    this.disconnected.push(connectionId);
    this.connections.delete(connectionId);
  }

  #answer(): void {
    if (this.down) throw new Error('API Gateway is down (a fake was told so)');
  }
}
