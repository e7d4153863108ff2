import { MAX_CONNECTION_SECONDS, ROW_GRACE_SECONDS } from './quotas.ts';

/** A row of the connection table. Nothing else is in it unless a feature needs it: a scan costs the row's bytes. */
export interface ConnectionRow {
  /** Partition key. */
  connectionId: string;
  /** Epoch seconds. */
  connectedAt: number;
  /** Epoch seconds after which the row is not posted to and DynamoDB may delete it. */
  ttl: number;
}

/** Seconds a row lives by default: API Gateway's two hours and a grace. */
export const DEFAULT_TTL_SECONDS = MAX_CONNECTION_SECONDS + ROW_GRACE_SECONDS;
