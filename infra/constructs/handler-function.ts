import { Stack } from 'aws-cdk-lib';
import type { IWebSocketStage } from 'aws-cdk-lib/aws-apigatewayv2';
import {
  Effect,
  type IGrantable,
  type IPrincipal,
  Policy,
  PolicyStatement,
  Role,
  ServicePrincipal,
} from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  type CfnFunction,
  CfnPermission,
  Code,
  Function as LambdaFunction,
  Runtime,
  RuntimeFamily,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Entry } from '../bundling/handlers.ts';
import { acknowledge } from './acknowledge.ts';
import { describe, list, text } from './check-options.ts';
import { type FunctionOptions, findConflict } from './function-options.ts';
import { wildcardFinding } from './wildcard-finding.ts';

/** Of all variables, names included: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MAX_ENVIRONMENT_BYTES = 4_096;

/** By its name: an older CDK has no constant for it. */
const RUNTIME = new Runtime('nodejs24.x', RuntimeFamily.NODEJS, { supportsInlineCode: true });

export interface HandlerFunctionProps {
  entry: Entry;
  options: HandlerOptions;
  /** Lets it send to what calls it. Lambda ends such a loop unless it is told. */
  mayLoop?: true;
  /** Of `NODE_OPTIONS`, beside source maps. Default none. */
  nodeOptions?: readonly string[];
}

/** The options of a function, with a value for each that has a default. */
export type HandlerOptions = FunctionOptions &
  Required<Pick<FunctionOptions, 'timeout' | 'memorySize' | 'logRetention' | 'removalPolicy'>>;

/**
 * A Lambda function of a bundled handler, with a role and a log group of its own. It may do nothing but write its log,
 * until it is granted more.
 *
 * ```ts
 * import type { Table } from 'aws-cdk-lib/aws-dynamodb';
 * import type { FanOutApi, HandlerFunction } from 'middy-fanout/infra';
 *
 * export const letSendMessageRead = (rooms: Table, chat: FanOutApi): void => {
 *   const handler: HandlerFunction = chat.functionOf('send-message');
 *   rooms.grantReadData(handler);
 *   handler.function.addEnvironment('ROOMS', rooms.tableName);
 * };
 * ```
 */
export class HandlerFunction extends Construct implements IGrantable {
  /** CDK's default keeps logs for two years and after the stack is gone. */
  readonly logGroup: LogGroup;
  /** No managed policy: `AWSLambdaBasicExecutionRole` may write to every log group, and makes one again that is gone. */
  readonly role: Role;
  readonly function: LambdaFunction;
  /** The role: what is granted to the function is granted to it. */
  readonly grantPrincipal: IPrincipal;
  /** Whether its subnets have no way to the internet. */
  readonly isIsolated: boolean;
  readonly #options: HandlerOptions;
  readonly #environment = new Map<string, string>();
  #permission: CfnPermission | undefined;

  constructor(scope: Construct, id: string, props: HandlerFunctionProps) {
    super(scope, id);
    const { timeout, memorySize, tracing, logRetention, removalPolicy, securityGroups, ...network } = props.options;
    this.#options = props.options;
    this.isIsolated = isIsolated(network);
    this.logGroup = new LogGroup(this, 'Logs', { retention: logRetention, removalPolicy });
    this.role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    this.grantPrincipal = this.role;
    this.allow(['logs:CreateLogStream', 'logs:PutLogEvents'], this.logGroup.logGroupArn);
    if (network.vpc) this.#allowNetwork();
    this.function = new LambdaFunction(this, 'Function', {
      runtime: RUNTIME,
      architecture: Architecture.ARM_64,
      code: Code.fromAsset(props.entry.folder),
      handler: props.entry.handler,
      timeout,
      memorySize,
      role: this.role,
      logGroup: this.logGroup,
      ...network,
      ...(securityGroups && { securityGroups: [...securityGroups] }),
    });
    if (props.mayLoop) this.#resource.addPropertyOverride('RecursiveLoop', 'Allow');
    if (tracing !== undefined && tracing !== Tracing.DISABLED) this.#trace(tracing);
    this.setEnvironment({ NODE_OPTIONS: ['--enable-source-maps', ...(props.nodeOptions ?? [])].join(' ') });
  }

  /** @throws {Error} if an option has another value already, by another route of the function or by default. */
  requireOptions(given: FunctionOptions): void {
    const name = findConflict(this.#options, given);
    if (name === undefined) return;
    const [present, wanted] = [describe(this.#options[name]), describe(given[name])];
    const values = present === wanted ? '' : `, ${present} and ${wanted}`;
    throw new Error(
      `${this.node.path}: the option ${name} cannot have two values${values}: several routes share this function. Give the option to the first of them`,
    );
  }

  /** Allows the actions on one resource. The same statement twice is one. @throws {Error} if they are not a list. */
  allow(actions: readonly string[], resource: string): void {
    const [problem] = list(text)('actions', actions);
    if (problem !== undefined) throw new Error(`${this.node.path}: ${problem}`);
    this.role.addToPrincipalPolicy(new PolicyStatement({ actions: [...actions], resources: [resource] }));
  }

  /**
   * Lambda makes and removes the network interfaces with the function's role. The statements are those of
   * `AWSLambdaVPCAccessExecutionRole` without its logs, on the resources that AWS documents; the function's own code is
   * denied them. https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
   */
  #allowNetwork(): void {
    const describing = ['ec2:DescribeNetworkInterfaces', 'ec2:DescribeSubnets'];
    const changing = ['CreateNetworkInterface', 'DeleteNetworkInterface'].map((action) => `ec2:${action}`);
    changing.push('ec2:AssignPrivateIpAddresses', 'ec2:UnassignPrivateIpAddresses');
    const anyOfAccount = Stack.of(this).formatArn({ service: 'ec2', resource: '*', resourceName: '*' });
    const policy = this.#addPolicy('NetworkPolicy', [
      new PolicyStatement({ actions: describing, resources: ['*'] }),
      new PolicyStatement({ actions: changing, resources: [anyOfAccount] }),
      new PolicyStatement({
        effect: Effect.DENY,
        actions: [...describing, ...changing],
        resources: ['*'],
        conditions: { Null: { 'lambda:SourceFunctionArn': 'false' } },
      }),
    ]);
    acknowledge(
      policy,
      { id: wildcardFinding(this, '*'), reason: 'AWS has no resources for these ec2:Describe actions.' },
      {
        id: wildcardFinding(this, anyOfAccount),
        reason: 'Lambda chooses the network interfaces. The code of the function is denied these actions.',
      },
    );
  }

  /** CDK's own option puts the statement into the role's policy. Acknowledged there, it would hide other wildcards. */
  #trace(mode: Tracing): void {
    this.#resource.tracingConfig = { mode };
    const actions = ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'];
    const policy = this.#addPolicy('TracingPolicy', [new PolicyStatement({ actions, resources: ['*'] })]);
    acknowledge(policy, {
      id: wildcardFinding(this, '*'),
      reason: 'X-Ray has no resources for these actions: service-authorization/latest/reference/list_awsx-ray.html',
    });
  }

  /** For what an older CDK's function has no option for. */
  get #resource(): CfnFunction {
    return this.function.node.defaultChild as CfnFunction;
  }

  /** Below the role: the function waits for all that is. */
  #addPolicy(id: string, statements: PolicyStatement[]): Policy {
    return new Policy(this.role, id, { roles: [this.role], statements });
  }

  /**
   * Permits API Gateway to invoke the function for any route of the stage, once. CDK permits each route by itself, and at
   * about 47 of them the function's policy has more than Lambda's 20 KB.
   * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
   */
  permitRoutes({ api, stageName }: IWebSocketStage): CfnPermission {
    this.#permission ??= new CfnPermission(this, 'RoutesPermission', {
      action: 'lambda:InvokeFunction',
      functionName: this.function.functionArn,
      principal: 'apigateway.amazonaws.com',
      sourceArn: Stack.of(this).formatArn({
        service: 'execute-api',
        resource: api.apiId,
        resourceName: `${stageName}/*`,
      }),
    });
    return this.#permission;
  }

  /**
   * @throws {Error} where a variable has another value already, of the framework or of another route of the function, or
   * all of them are more than Lambda takes.
   */
  setEnvironment(variables: Readonly<Record<string, string>>): void {
    for (const [name, value] of Object.entries(variables)) {
      if ((this.#environment.get(name) ?? value) !== value)
        throw new Error(
          `${this.node.path}: the environment variable ${name} cannot have two values: the framework or another route of this function sets it, so choose another name`,
        );
      if (!this.#environment.has(name)) this.function.addEnvironment(name, value);
      this.#environment.set(name, value);
    }
    const bytes = Buffer.byteLength(JSON.stringify(Object.fromEntries(this.#environment)));
    if (bytes > MAX_ENVIRONMENT_BYTES)
      throw new Error(
        `${this.node.path}: the environment has ${bytes} bytes and Lambda takes ${MAX_ENVIRONMENT_BYTES}: let the function read the rest from elsewhere`,
      );
  }
}

const isIsolated = ({ vpc, vpcSubnets }: FunctionOptions): boolean =>
  vpc?.selectSubnets(vpcSubnets).subnets.some((subnet) => vpc.isolatedSubnets.includes(subnet)) ?? false;
