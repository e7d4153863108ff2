import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Permission, Sender } from './engine-protocol.ts';

/** A refusal in the service's own words. */
export interface ServiceError {
  statusCode: number;
  /** `com.amazon.coral.service#AccessDeniedException` */
  type: string;
  message: string;
  /** SQS has an older name for each error beside the new: `AccessDenied;Sender`. */
  queryError?: string;
}

export interface EngineRequest {
  /** `PutItem` */
  operation: string;
  body: Record<string, unknown>;
  text: string;
  sender: Sender;
  traceHeader: string | undefined;
  request: IncomingMessage;
  response: ServerResponse;
}

/** A service behind the front that knows its callers. */
export interface Engine {
  /** What a request needs, by its operation and body. An operation the service does not know needs nothing. */
  permissionsOf(operation: string, body: Record<string, unknown>): readonly Permission[];
  unknownKey: ServiceError;
  denied(message: string): ServiceError;
  /** What a request is answered with that could not be handled here. */
  failure: ServiceError;
  /** What a request in the service's older protocol, a form, is refused with, as XML. Absent where there was none. */
  formRefusal?: string;
  /** A fault in place of an answer, if it is time for one. */
  fault(sender: Sender): ServiceError | undefined;
  serve(request: EngineRequest): void | Promise<void>;
}
