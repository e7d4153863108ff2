import type { MessagePort } from 'node:worker_threads';
import type { Preload } from '../../model/node-options.ts';

/** The data that an instance starts with. */
export interface InstanceData {
  port: MessagePort;
  /** One int32: the number of events so far. The frozen worker waits until it changes. */
  gate: SharedArrayBuffer;
  clockOffset: SharedArrayBuffer | undefined;
  /** Addresses of local services, such as `127.0.0.1:3001`, by the host that a function calls on AWS. */
  hosts: ReadonlyMap<string, string>;
  functionName: string;
  arn: string;
  runtime: string;
  handler: string;
  codePath: string;
  timeoutMs: number;
  memoryMb: number;
  /** `NODE_OPTIONS` as the function sees them, and the modules that they load. */
  nodeOptions: string | undefined;
  preloads: readonly Preload[];
  logGroupName: string;
  logStreamName: string;
}

/** A message to the worker. */
export interface InstanceEvent {
  requestId: string;
  /** The event as JSON text. */
  event: string;
  traceHeader?: string;
  /** The number of the socket write at which the instance crashes. With fewer writes, it crashes when it answers. */
  crashAfterWrites?: number;
}

export interface FunctionError {
  errorType: string;
  errorMessage: string;
  trace?: readonly string[];
}

export type Answer = { type: 'result'; payload: string } | { type: 'error'; error: FunctionError };

/** A message from the worker. `isLast` means that the instance ends after this answer. */
export type InstanceMessage =
  | { type: 'ready'; initMs: number }
  /** The instance ends with this error. Its event fails with it if one is running. */
  | { type: 'fatal'; error: FunctionError }
  | ({ requestId: string; durationMs: number; isLast: boolean } & Answer)
  | { type: 'line'; line: string }
  /** Work that was not awaited, by count and kind, such as `2 sockets, 1 timer`. */
  | { type: 'unawaited'; work: string }
  /** A function called this host of AWS, and the local run has no service for it. */
  | { type: 'unknown-host'; host: string };
