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

/**
 * The limit for the names and values of all variables.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
const MAX_ENVIRONMENT_BYTES = 4_096;

/** Made from its name, because an older CDK has no constant for it. */
const RUNTIME = new Runtime('nodejs24.x', RuntimeFamily.NODEJS, { supportsInlineCode: true });

export interface HandlerFunctionProps {
  entry: Entry;
  options: HandlerOptions;
  /** Lets the function send to the queue that invokes it. By default Lambda ends such a loop. */
  mayLoop?: true;
  /** More options for `NODE_OPTIONS`, which always turns source maps on. Default: none. */
  nodeOptions?: readonly string[];
}

/** The options of a function, with a value for each that has a default. */
export type HandlerOptions = FunctionOptions &
  Required<Pick<FunctionOptions, 'timeout' | 'memorySize' | 'logRetention' | 'removalPolicy'>>;

/**
 * A Lambda function of a bundled handler, with its own role and log group. It may only write its log until it is
 * granted more.
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
  /** CDK's default log group keeps logs for two years, also after the stack is deleted. */
  readonly logGroup: LogGroup;
  /** Without `AWSLambdaBasicExecutionRole`: it may write to every log group, and creates deleted groups again. */
  readonly role: Role;
  readonly function: LambdaFunction;
  /** The role. A grant to the function is a grant to its role. */
  readonly grantPrincipal: IPrincipal;
  /** Whether its subnets have no route to the internet. */
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

  /** @throws {Error} if an option differs from the function's own, which another route or the default has set. */
  requireOptions(given: FunctionOptions): void {
    const name = findConflict(this.#options, given);
    if (name === undefined) return;
    const [present, wanted] = [describe(this.#options[name]), describe(given[name])];
    const values = present === wanted ? '' : `, ${present} and ${wanted}`;
    throw new Error(
      `${this.node.path}: the option ${name} cannot have two values${values}, because several routes share this function. Set the option on the first of these routes`,
    );
  }

  /**
   * Allows the actions on one resource. A repeated statement counts once. @throws {Error} if `actions` is not a list.
   */
  allow(actions: readonly string[], resource: string): void {
    const [problem] = list(text)('actions', actions);
    if (problem !== undefined) throw new Error(`${this.node.path}: ${problem}`);
    this.role.addToPrincipalPolicy(new PolicyStatement({ actions: [...actions], resources: [resource] }));
  }

  /**
   * Lambda creates and deletes the network interfaces with the function's role. The statements allow the actions of
   * `AWSLambdaVPCAccessExecutionRole` except the logs, on the resources that AWS documents, and deny them to the
   * function's own code. https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
   */
  #allowNetwork(): void {
    const describeActions = ['ec2:DescribeNetworkInterfaces', 'ec2:DescribeSubnets'];
    const changeActions = ['CreateNetworkInterface', 'DeleteNetworkInterface'].map((action) => `ec2:${action}`);
    changeActions.push('ec2:AssignPrivateIpAddresses', 'ec2:UnassignPrivateIpAddresses');
    const anyResource = Stack.of(this).formatArn({ service: 'ec2', resource: '*', resourceName: '*' });
    const policy = this.#addPolicy('NetworkPolicy', [
      new PolicyStatement({ actions: describeActions, resources: ['*'] }),
      new PolicyStatement({ actions: changeActions, resources: [anyResource] }),
      new PolicyStatement({
        effect: Effect.DENY,
        actions: [...describeActions, ...changeActions],
        resources: ['*'],
        conditions: { Null: { 'lambda:SourceFunctionArn': 'false' } },
      }),
    ]);
    acknowledge(
      policy,
      { id: wildcardFinding(this, '*'), reason: 'These ec2:Describe actions support no resource-level permissions.' },
      {
        id: wildcardFinding(this, anyResource),
        reason: 'Lambda chooses the network interfaces. The policy denies these actions to the code of the function.',
      },
    );
  }

  /**
   * CDK's own option puts the statement into the role's policy. An acknowledgement there would hide other wildcards.
   */
  #trace(mode: Tracing): void {
    this.#resource.tracingConfig = { mode };
    const actions = ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'];
    const policy = this.#addPolicy('TracingPolicy', [new PolicyStatement({ actions, resources: ['*'] })]);
    acknowledge(policy, {
      id: wildcardFinding(this, '*'),
      reason:
        'These actions support no resource-level permissions: service-authorization/latest/reference/list_awsx-ray.html',
    });
  }

  /** The CloudFormation resource, to set properties that the function of an older CDK has no option for. */
  get #resource(): CfnFunction {
    return this.function.node.defaultChild as CfnFunction;
  }

  /** Adds a policy below the role. The function depends on every construct there, so it is created after the policy. */
  #addPolicy(id: string, statements: PolicyStatement[]): Policy {
    return new Policy(this.role, id, { roles: [this.role], statements });
  }

  /**
   * Permits API Gateway to invoke the function for every route of the stage, with one permission. CDK adds a permission
   * for each route, and at about 47 routes the function's policy exceeds Lambda's limit of 20 KB.
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
   * @throws {Error} if a variable has another value already, from the framework or from another route of the function,
   * or if all variables together exceed Lambda's limit.
   */
  setEnvironment(variables: Readonly<Record<string, string>>): void {
    for (const [name, value] of Object.entries(variables)) {
      if ((this.#environment.get(name) ?? value) !== value)
        throw new Error(
          `${this.node.path}: the environment variable ${name} cannot have two values. The framework or another route of this function sets it: choose another name`,
        );
      if (!this.#environment.has(name)) this.function.addEnvironment(name, value);
      this.#environment.set(name, value);
    }
    const bytes = Buffer.byteLength(JSON.stringify(Object.fromEntries(this.#environment)));
    if (bytes > MAX_ENVIRONMENT_BYTES)
      throw new Error(
        `${this.node.path}: the environment has ${bytes} bytes, and Lambda allows ${MAX_ENVIRONMENT_BYTES}. Let the function read large values from another place`,
      );
  }
}

const isIsolated = ({ vpc, vpcSubnets }: FunctionOptions): boolean =>
  vpc?.selectSubnets(vpcSubnets).subnets.some((subnet) => vpc.isolatedSubnets.includes(subnet)) ?? false;
