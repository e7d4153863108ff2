import { type Duration, RemovalPolicy, Token } from 'aws-cdk-lib';
import type { ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import { Tracing } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { MAX_INTEGRATION_MS } from '../../schemas/quotas.ts';
import { type Check, duration, expected, integer, isDuration, isPlainObject, list, orToken } from './check-options.ts';

/** The options of a function, named as in CDK's `FunctionProps`. An absent option has the value of the API. */
export interface FunctionOptions {
  /** Longest time for one event, in whole seconds, 1 to 29: API Gateway does not wait longer. Default 10 seconds. */
  timeout?: Duration;
  /** In MB, 128 to 10,240. Lambda allots CPU in proportion to it: one core at 1,769 MB. Default 512. */
  memorySize?: number;
  /** X-Ray tracing. A trace starts in the function: X-Ray does not trace WebSocket APIs. Default: no tracing. */
  tracing?: Tracing;
  /** The VPC of the function. A function that posts needs subnets with a route to the internet. Default: no VPC. */
  vpc?: IVpc;
  /** The subnets of `vpc`. Default: the private subnets. */
  vpcSubnets?: SubnetSelection;
  /** The security groups in `vpc`. Default: a new group for each function, `handler.function.connections`. */
  securityGroups?: readonly ISecurityGroup[];
  /** How long the function's own log group keeps its log. It needs no custom resource. Default one month. */
  logRetention?: RetentionDays;
  /** Whether the function's log stays when the stack is deleted. Default `DESTROY`. */
  removalPolicy?: RemovalPolicy;
}

/** The longest timeout of a function that API Gateway calls, in seconds. */
const MAX_ROUTE_TIMEOUT_SECONDS = MAX_INTEGRATION_MS / 1_000;
/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MEMORY_MB = { min: 128, max: 10_240 };

const hasMethod = (value: unknown, method: string): boolean =>
  typeof (value as Record<string, unknown> | null | undefined)?.[method] === 'function';

export const removalPolicy: Check = expected('RemovalPolicy.DESTROY, RETAIN or RETAIN_ON_UPDATE_OR_DELETE', (value) =>
  [RemovalPolicy.DESTROY, RemovalPolicy.RETAIN, RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE].some((one) => one === value),
);

/** The checks of these options, for a function that API Gateway calls. */
export const FUNCTION_CHECKS = {
  timeout: orToken(duration({ min: 1, max: MAX_ROUTE_TIMEOUT_SECONDS, isWhole: true })),
  memorySize: orToken(integer(MEMORY_MB.min, MEMORY_MB.max)),
  tracing: expected('one of Tracing, such as Tracing.ACTIVE', (value) =>
    Object.values(Tracing).some((tracing) => tracing === value),
  ),
  vpc: expected('a VPC, such as Vpc.fromLookup(…)', (value) => hasMethod(value, 'selectSubnets')),
  vpcSubnets: expected('an object, such as { subnetType: SubnetType.PRIVATE_WITH_EGRESS }', isPlainObject),
  securityGroups: list(
    expected('a security group', (value) => typeof (value as Partial<ISecurityGroup>)?.securityGroupId === 'string'),
  ),
  logRetention: expected(
    'one of RetentionDays, such as RetentionDays.ONE_WEEK',
    (value) => typeof value === 'number' && (RetentionDays[value] !== undefined || Token.isUnresolved(value)),
  ),
  removalPolicy,
} satisfies Record<keyof FunctionOptions, Check>;

const NAMES = Object.keys(FUNCTION_CHECKS) as (keyof FunctionOptions)[];

/**
 * The options of one function: its own override the API's. If it has its own VPC, the API's subnets and groups do not
 * apply.
 */
export const mergeOptions = <T extends FunctionOptions>(forAll: T, given: FunctionOptions): T => {
  const { vpcSubnets, securityGroups, ...others } = forAll;
  return { ...(given.vpc ? (others as T) : forAll), ...pickFunctionOptions(given) };
};

/** Picks the options of a function from other options, without options that are `undefined`. */
export const pickFunctionOptions = (options: FunctionOptions): FunctionOptions =>
  Object.fromEntries(NAMES.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]])));

/** The first given option whose value differs from the value of the existing function. */
export const findConflict = (present: FunctionOptions, given: FunctionOptions): keyof FunctionOptions | undefined =>
  (Object.keys(pickFunctionOptions(given)) as (keyof FunctionOptions)[]).find(
    (name) => !isSame(present[name], given[name]),
  );

/** Compares constructs by identity, and lists and selections of constructs entry by entry. */
const isSame = (one: unknown, other: unknown): boolean => {
  if (one === other) return true;
  if (isDuration(one) && isDuration(other)) return one.toMilliseconds() === other.toMilliseconds();
  const [left, right] = [one, other].map((value) => (isPlainObject(value) || Array.isArray(value) ? value : {}));
  const [entries, otherEntries] = [Object.entries(left ?? {}), Object.entries(right ?? {})];
  return (
    entries.length > 0 &&
    entries.length === otherEntries.length &&
    entries.every(([name, value]) => otherEntries.some(([key, same]) => key === name && same === value))
  );
};
