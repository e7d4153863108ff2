/** API Gateway's facts about a connection, with the keys of its SDK. */
export interface ConnectionInfo {
  ConnectedAt: string;
  Identity: { SourceIp: string; UserAgent?: string };
  LastActiveAt: string;
}

/** Inspects and closes connections. */
export interface ConnectionManager {
  /** Resolves to `undefined` if the connection is gone. Rejects if API Gateway gives no valid answer. */
  inspect(connectionId: string): Promise<ConnectionInfo | undefined>;
  /** Closes the connection from the server. Resolves too if the connection is already gone. */
  disconnect(connectionId: string): Promise<void>;
}
