import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { IWebSocketStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  CfnPermission,
  Code,
  Function as LambdaFunction,
  type RecursiveLoop,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Entry } from '../bundling/handlers.ts';
import { list, text } from './check-options.ts';

/** Of all variables, names included: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MAX_ENVIRONMENT_BYTES = 4_096;

export interface HandlerFunctionProps {
  entry: Entry;
  timeoutSeconds: number;
  memoryMb: number;
  logRetention: RetentionDays;
  recursiveLoop?: RecursiveLoop;
  /** Of `NODE_OPTIONS`, beside source maps. Default none. */
  nodeOptions?: readonly string[];
}

/** A Lambda function of a bundled handler, with a role and a log group of its own. It may do nothing but write its log. */
export class HandlerFunction extends Construct {
  /** CDK's default keeps logs for two years and after the stack is gone. */
  readonly logGroup: LogGroup;
  /** No managed policy: `AWSLambdaBasicExecutionRole` may write to every log group, and makes one again that is gone. */
  readonly role: Role;
  readonly function: LambdaFunction;
  readonly #environment = new Map<string, string>();
  #permission: CfnPermission | undefined;

  constructor(scope: Construct, id: string, props: HandlerFunctionProps) {
    super(scope, id);
    this.logGroup = new LogGroup(this, 'Logs', {
      retention: props.logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    this.allow(['logs:CreateLogStream', 'logs:PutLogEvents'], this.logGroup.logGroupArn);
    this.function = new LambdaFunction(this, 'Function', {
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code: Code.fromAsset(props.entry.folder),
      handler: props.entry.handler,
      timeout: Duration.seconds(props.timeoutSeconds),
      memorySize: props.memoryMb,
      role: this.role,
      logGroup: this.logGroup,
      ...(props.recursiveLoop && { recursiveLoop: props.recursiveLoop }),
    });
    this.setEnvironment({ NODE_OPTIONS: ['--enable-source-maps', ...(props.nodeOptions ?? [])].join(' ') });
  }

  /** Allows the actions on one resource. The same statement twice is one. @throws {Error} where they are no list. */
  allow(actions: readonly string[], resource: string): void {
    const [problem] = list(text)('actions', actions);
    if (problem !== undefined) throw new Error(`${this.node.path}: ${problem}`);
    this.role.addToPrincipalPolicy(new PolicyStatement({ actions: [...actions], resources: [resource] }));
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
