import type { WebSocketRequestContext } from '../../../../schemas/web-socket-event.ts';
import type { Stage } from '../../model/application.ts';

/** The fields that a signed handshake adds to `requestContext.identity`. */
export interface CallerIdentity {
  accountId: string;
  accessKey: string;
  caller: string;
  user: string;
  userArn: string;
}

/** The facts that are known from the upgrade on and go into each event of a connection. */
export interface ConnectionFacts {
  connectionId: string;
  stage: Stage;
  /** The domain name that the client connected to: the API's own, or a custom one. */
  domainName: string;
  /** Epoch milliseconds. */
  connectedAt: number;
  identity: WebSocketRequestContext['identity'] & Partial<CallerIdentity>;
  /** The authorizer's `principalId` and context, as text. Absent without an authorizer. */
  authorizer?: Readonly<Record<string, string>>;
}
