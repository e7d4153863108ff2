import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Permission, Sender } from './engine-protocol.ts';

/** A refusal in the service's own words. */
export interface ServiceError {
  statusCode: number;
  /** `com.amazon.coral.service#AccessDeniedException` */
  type: string;
  message: string;
  /** SQS's older name for the error: `AccessDenied;Sender`. */
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

/** A service behind `serveEngine`, which identifies and authorizes the callers. */
export interface Engine {
  /** The permissions that a request needs. Empty if the service does not know the operation. */
  permissionsOf(operation: string, body: Record<string, unknown>): readonly Permission[];
  unknownKey: ServiceError;
  denied(message: string): ServiceError;
  /** The answer to a request that failed here. */
  failure: ServiceError;
  /** The answer, in XML, to a form of the service's older protocol. Absent if the service never had such a protocol. */
  formRefusal?: string;
  /** The error to answer with instead of the service, if a fault of `--fault` happens now. */
  fault(sender: Sender): ServiceError | undefined;
  serve(request: EngineRequest): void | Promise<void>;
}
