import type { WebSocketRequestContext } from '../../../../schemas/web-socket-event.ts';
import type { Stage } from '../../model/application.ts';

/** What a signed handshake adds to `requestContext.identity`. */
export interface CallerIdentity {
  accountId: string;
  accessKey: string;
  caller: string;
  user: string;
  userArn: string;
}

/** What is known of a connection from its upgrade on, and goes into each of its events. */
export interface ConnectionFacts {
  connectionId: string;
  stage: Stage;
  /** What the client connected to: the API's own domain name, or a custom one. */
  domainName: string;
  /** Epoch milliseconds. */
  connectedAt: number;
  identity: WebSocketRequestContext['identity'] & Partial<CallerIdentity>;
  /** What the authorizer answered: `principalId` and its context, as text. Absent without an authorizer. */
  authorizer?: Readonly<Record<string, string>>;
}
