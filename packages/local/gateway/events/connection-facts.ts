import type { Stage } from '../../model/application.ts';
import type { CallerIdentity } from '../handshake/authorize-by-iam.ts';

/** What is known of a connection from its upgrade on, and goes into each of its events. */
export interface ConnectionFacts {
  connectionId: string;
  stage: Stage;
  /** What the client connected to: the API's own domain name, or a custom one. */
  domainName: string;
  /** Epoch milliseconds. */
  connectedAt: number;
  identity: { sourceIp: string; userAgent?: string } & Partial<CallerIdentity>;
  /** What the authorizer answered: `principalId` and its context, as text. Absent without an authorizer. */
  authorizer?: Readonly<Record<string, string>>;
}
