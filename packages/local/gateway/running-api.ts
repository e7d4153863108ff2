import type { Authority, Invoker, Route, WebSocketApi } from '../model/application.ts';
import type { GatewayLog } from '../model/local-event.ts';
import type { Clock } from '../runtime/clock.ts';
import type { MessageValidator } from '../template/expressions/message-validator.ts';
import type { KeySelector } from '../template/expressions/selection-expression.ts';
import type { ApiHosts } from './api-hosts.ts';
import type { Connection } from './connections/connection.ts';
import type { MockIntegration, MockRunner } from './integrations/mock-runner.ts';
import type { VerifySignature } from './signatures/signature-verifier.ts';

/** One WebSocket API while it runs: what the parts of the gateway share. */
export interface RunningApi {
  api: WebSocketApi;
  region: string;
  accountId: string;
  hosts: ApiHosts;
  invoker: Invoker;
  clock: Clock;
  /** Finds who signed a request. */
  verify: VerifySignature;
  authority: Authority;
  log: GatewayLog;
  /** Evaluates the route selection expression on a message. */
  selectKey: KeySelector;
  /** By route key. */
  routes: ReadonlyMap<string, Route>;
  /** By route key, of the routes that have models. */
  validators: ReadonlyMap<string, MessageValidator>;
  /** Each mock integration of its routes, compiled. */
  mocks: ReadonlyMap<MockIntegration, MockRunner>;
  /** Open connections by id: from the end of the handshake until either side closes. */
  connections: Map<string, Connection>;
  /** Takes one request of a stage's allowance; `false` where the stage's throttle refuses it. */
  admit(stageName: string): boolean;
  /** The gateway is being stopped: nothing new begins, and `$disconnect` is not run. */
  stopping: boolean;
}
