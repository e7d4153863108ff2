import type { MessagePort } from 'node:worker_threads';

/** What an instance is started with. */
export interface InstanceData {
  port: MessagePort;
  /** One int32: how many events were handed over. The frozen worker waits for it to change. */
  gate: SharedArrayBuffer;
  clockOffset: SharedArrayBuffer | undefined;
  /** Addresses of the local services, `127.0.0.1:3001`, by the host that a function would call on AWS. */
  hosts: ReadonlyMap<string, string>;
  functionName: string;
  arn: string;
  runtime: string;
  handler: string;
  codePath: string;
  timeoutMs: number;
  memoryMb: number;
  logGroupName: string;
  logStreamName: string;
}

/** To the worker. */
export interface InstanceEvent {
  requestId: string;
  /** The event as JSON text. */
  event: string;
  traceHeader?: string;
  /** Dies at this many-th write to a socket, or when it would answer. Absent in a healthy run. */
  crashAfterWrites?: number;
}

export interface FunctionError {
  errorType: string;
  errorMessage: string;
  trace?: readonly string[];
}

export type Answer = { type: 'result'; payload: string } | { type: 'error'; error: FunctionError };

/** From the worker. An answer that is the last one comes from an instance that ends. */
export type InstanceMessage =
  | { type: 'ready'; initMs: number }
  /** The instance ends with this, and its event if it has one. */
  | { type: 'fatal'; error: FunctionError }
  | ({ requestId: string; durationMs: number; isLast: boolean } & Answer)
  | { type: 'line'; line: string }
  /** Work that was not awaited, by kind and count: `2 sockets, 1 timer`. */
  | { type: 'unawaited'; work: string }
  /** A host on AWS that the run does not have. */
  | { type: 'unknown-host'; host: string };
