import type { Stage } from '../application.ts';
import type { CallerIdentity } from './authorize-by-iam.ts';

/** What is known of a connection from its upgrade on, and goes into each of its events. */
export interface ConnectionFacts {
  connectionId: string;
  stage: Stage;
  /** Epoch milliseconds. */
  connectedAt: number;
  identity: { sourceIp: string; userAgent?: string } & Partial<CallerIdentity>;
  /** What the authorizer answered: `principalId` and its context, as text. Absent without an authorizer. */
  authorizer?: Readonly<Record<string, string>>;
}
