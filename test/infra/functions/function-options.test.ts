import { beforeAll, describe, expect, it } from '@jest/globals';
import { type CfnElement, Duration, type IResource, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { Template } from 'aws-cdk-lib/assertions';
import { type IVpc, SecurityGroup, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Tracing } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Handlers } from '../../../infra/bundling/handlers.ts';
import type { FanOutApi } from '../../../infra/constructs/fan-out-api.ts';
import type { RouteOptions } from '../../../infra/constructs/route-options.ts';
import { type FunctionOptions, findConflict, mergeOptions } from '../../../infra/functions/function-options.ts';
import { aStack, someHandlers } from '../a-stack.ts';

let handlers: Handlers;
beforeAll(async () => {
  handlers = await someHandlers('send-message', 'leave', 'authorize');
});

const resourceOf = (template: Template, resource: IResource) =>
  template.toJSON().Resources[Stack.of(resource).resolve((resource.node.defaultChild as CfnElement).logicalId)];
/** The properties of each function that a test checks. */
const functionsOf = ({ chat, template }: { chat: FanOutApi; template: Template }) =>
  Object.fromEntries(
    [...chat.functions].map(([name, handler]) => {
      const { Timeout, MemorySize, TracingConfig } = resourceOf(template, handler.function).Properties;
      const { Properties, DeletionPolicy } = resourceOf(template, handler.logGroup);
      return [name, [Timeout, MemorySize, TracingConfig?.Mode, Properties.RetentionInDays, DeletionPolicy]];
    }),
  );

describe('the options of functions', () => {
  it('apply to all functions of the API, but the fan-out has its own timeout and memory size', () => {
    const made = aStack({
      handlers,
      timeout: Duration.seconds(20),
      memorySize: 1_024,
      tracing: Tracing.ACTIVE,
      logRetention: RetentionDays.ONE_WEEK,
      removalPolicy: RemovalPolicy.RETAIN,
      connect: { authorizer: { handler: 'authorize' } },
    });
    const route = [20, 1_024, 'Active', 7, 'Retain'];
    expect(functionsOf(made)).toEqual({
      connect: route,
      disconnect: route,
      default: route,
      authorize: route,
      'fan-out': [30, 1_769, 'Active', 7, 'Retain'],
    });
  });

  it('are overridden by the options of a route, of the authorizer and of the fan-out', () => {
    const made = aStack(
      {
        handlers,
        memorySize: 256,
        tracing: Tracing.ACTIVE,
        connect: {
          memorySize: 1_769,
          authorizer: { handler: 'authorize', timeout: Duration.seconds(3), tracing: Tracing.DISABLED },
        },
        fanOut: {
          timeout: Duration.seconds(20),
          memorySize: 3_008,
          tracing: Tracing.PASS_THROUGH,
          logRetention: RetentionDays.ONE_YEAR,
        },
      },
      (chat) =>
        chat.addRoute('leave', {
          timeout: Duration.seconds(29),
          logRetention: RetentionDays.ONE_DAY,
          removalPolicy: RemovalPolicy.RETAIN,
          memorySize: undefined,
        } as unknown as RouteOptions),
    );
    expect(functionsOf(made)).toEqual({
      connect: [10, 1_769, 'Active', 30, 'Delete'],
      disconnect: [10, 256, 'Active', 30, 'Delete'],
      default: [10, 256, 'Active', 30, 'Delete'],
      authorize: [3, 256, undefined, 30, 'Delete'],
      leave: [29, 256, 'Active', 1, 'Retain'],
      'fan-out': [20, 3_008, 'PassThrough', 365, 'Delete'],
    });
  });

  it('keep the table, both queues and every log of an API with the removal policy RETAIN', () => {
    const { template } = aStack({ handlers, removalPolicy: RemovalPolicy.RETAIN, accessLogs: true });
    const resources = Object.values(template.toJSON().Resources as Record<string, Record<string, string>>);
    const stateful = resources.filter(({ Type }) => /Table|Queue$|LogGroup/.test(Type ?? ''));
    expect(stateful).toHaveLength(1 + 2 + 5);
    for (const { DeletionPolicy, UpdateReplacePolicy } of stateful)
      expect([DeletionPolicy, UpdateReplacePolicy]).toEqual(['Retain', 'Retain']);
  });

  it('may be repeated but not changed by a route that shares the function', () => {
    const shared = (first: RouteOptions, second: RouteOptions) => () =>
      aStack({ handlers }, (chat) => {
        chat.addRoute('a', { handler: 'leave', ...first });
        chat.addRoute('b', { handler: 'leave', ...second });
      });
    expect(shared({ timeout: Duration.seconds(20) }, { timeout: Duration.millis(20_000) })).not.toThrow();
    expect(shared({ timeout: Duration.seconds(20) }, {})).not.toThrow();
    expect(shared({}, { memorySize: 512 })).not.toThrow();
    const error = (values: string) =>
      new Error(
        `Test/Chat/LeaveHandler: the option ${values}, because several routes share this function. Set the option on the first of these routes`,
      );
    expect(shared({ timeout: Duration.seconds(20) }, { timeout: Duration.seconds(5) })).toThrow(
      error('timeout cannot have two values, 20 seconds and 5 seconds'),
    );
    expect(shared({}, { memorySize: 1_024 })).toThrow(error('memorySize cannot have two values, 512 and 1024'));
    expect(shared({}, { tracing: Tracing.ACTIVE })).toThrow(
      error('tracing cannot have two values, undefined and "Active"'),
    );
  });
});

describe('a VPC', () => {
  const stack = new Stack(undefined, 'Network');
  const [vpc, other] = [new Vpc(stack, 'One') as IVpc, new Vpc(stack, 'Other') as IVpc];
  const [group, another] = [new SecurityGroup(stack, 'Group', { vpc }), new SecurityGroup(stack, 'Another', { vpc })];
  const vpcSubnets = { subnetType: SubnetType.PRIVATE_ISOLATED };

  it('of a route replaces the API’s VPC, subnets and security groups', () => {
    const forAll: FunctionOptions = { memorySize: 512, vpc, vpcSubnets, securityGroups: [group] };
    expect(mergeOptions(forAll, { timeout: Duration.seconds(1) })).toMatchObject(forAll);
    expect(mergeOptions(forAll, { vpc: other })).toEqual({ memorySize: 512, vpc: other });
  });

  it('is compared by identity, and its subnets and groups by their contents', () => {
    const present: FunctionOptions = { vpc, vpcSubnets, securityGroups: [group] };
    expect(findConflict(present, { vpc, vpcSubnets: { ...vpcSubnets }, securityGroups: [group] })).toBeUndefined();
    expect(findConflict(present, { vpc: other })).toBe('vpc');
    expect(findConflict(present, { vpcSubnets: { subnetType: SubnetType.PUBLIC } })).toBe('vpcSubnets');
    expect(findConflict(present, { securityGroups: [another] })).toBe('securityGroups');
    expect(findConflict(present, { securityGroups: [group, another] })).toBe('securityGroups');
    expect(findConflict({}, { securityGroups: [] })).toBe('securityGroups');
  });
});
