import type { ThrottleSettings } from 'aws-cdk-lib/aws-apigatewayv2';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Handlers } from '../bundling/handlers.ts';
import type { RouteOptions } from './route-options.ts';

export interface AlarmOptions {
  /** Is told when one of the alarms goes off. In the Region of the stack. Default: nobody. */
  notify?: ITopic;
}

export interface FanOutApiProps {
  /** What `bundle` returned. */
  handlers: Handlers;
  /** Part of both URLs. Letters, digits, `-` and `_`. Default `production`. */
  stageName?: string;
  /** Name of the connection table's partition key. Default `connectionId`. Another one replaces the table. */
  keyAttribute?: string;
  /** Requests a second and bucket of each route, both or neither. Default: the account's own limits. */
  throttle?: ThrottleSettings;
  /**
   * One line for each event of the API, without connection ids. Needs an account whose API Gateway has a CloudWatch
   * role: without one the deployment fails. Default false.
   */
  accessLogs?: boolean;
  /** Of the functions' logs and of the access logs. Default one month. */
  logRetention?: RetentionDays;
  /** Fan-out functions at once, 2 to 1,000. Default 2: a new account has 10 functions in all. */
  maximumConcurrency?: number;
  /** How long one fan-out function posts before others get the rest, in milliseconds, 1,000 to 20,000. Default 5,000. */
  fanOutTargetMs?: number;
  /** The account's quota in this Region, requests a second. Default 10,000; 2,500 in some Regions. */
  accountRequestsPerSecond?: number;
  /** Three alarms, see `FanOutAlarms`. Default: they notify nobody. With `false` there are none. */
  alarms?: AlarmOptions | false;
  /** `$connect`: default entry `connect`. */
  connect?: RouteOptions;
  /** `$disconnect`: default entry `disconnect`. */
  disconnect?: RouteOptions;
  /** `$default`, what no other route matches. Default: the entry `default`, which can `inspect`; other options replace both. */
  default?: RouteOptions;
}
