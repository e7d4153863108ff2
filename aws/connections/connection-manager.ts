/** What API Gateway knows of a connection, with the keys its SDK gives it. */
export interface ConnectionInfo {
  ConnectedAt: string;
  Identity: { SourceIp: string; UserAgent?: string };
  LastActiveAt: string;
}

/** Looks at a connection, or ends it. */
export interface ConnectionManager {
  /** Resolves to `undefined` where the connection is gone. Rejects where the question could not be answered. */
  inspect(connectionId: string): Promise<ConnectionInfo | undefined>;
  /** Closes the connection from the server. Promises the same where it is gone already. */
  disconnect(connectionId: string): Promise<void>;
}
