import { beforeAll, describe, expect, it } from '@jest/globals';
import { type CfnElement, type IResource, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AttributeType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { type IVpc, SecurityGroup, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Tracing } from 'aws-cdk-lib/aws-lambda';
import type { Handlers } from '../../../infra/bundling/handlers.ts';
import { FanOutApi } from '../../../infra/constructs/fan-out-api.ts';
import type { FanOutApiProps } from '../../../infra/constructs/fan-out-api-props.ts';
import { anApp, aStack, someHandlers } from '../a-stack.ts';
import { statementsOf } from '../statements-of.ts';

let handlers: Handlers;
beforeAll(async () => {
  handlers = await someHandlers('leave');
});

const idOf = (resource: IResource): string =>
  Stack.of(resource).resolve((resource.node.defaultChild as CfnElement).logicalId);
const functionIn = (template: Template, chat: FanOutApi, name: string) =>
  template.toJSON().Resources[idOf(chat.functionOf(name).function)];
/** What a role may do that is not in its own policy. */
const extraStatements = (template: Template, chat: FanOutApi, name: string) => {
  const plain = aStack({ handlers });
  const own = statementsOf(plain.template, plain.chat.functionOf(name).role);
  return statementsOf(template, chat.functionOf(name).role).filter(
    (statement) => !own.some((other) => JSON.stringify(other) === JSON.stringify(statement)),
  );
};

describe('a function that is traced', () => {
  it.each([Tracing.ACTIVE, Tracing.PASS_THROUGH])('may send to X-Ray, before it is made: %s', (tracing) => {
    const { template, chat } = aStack({ handlers, tracing });
    for (const name of ['connect', 'fan-out']) {
      const { Properties, DependsOn } = functionIn(template, chat, name);
      expect(Properties.TracingConfig).toEqual({ Mode: tracing });
      expect(extraStatements(template, chat, name)).toEqual([
        { Effect: 'Allow', Action: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], Resource: '*' },
      ]);
      expect(DependsOn).toContainEqual(expect.stringContaining('TracingPolicy'));
    }
  });

  it('is no function with Tracing.DISABLED: it may not send to X-Ray', () => {
    const { template, chat } = aStack({ handlers, tracing: Tracing.ACTIVE, connect: { tracing: Tracing.DISABLED } });
    expect(functionIn(template, chat, 'connect').Properties).not.toHaveProperty('TracingConfig');
    expect(extraStatements(template, chat, 'connect')).toEqual([]);
  });
});

describe('a function in a VPC', () => {
  /** A VPC of the stack before the API is made in it. */
  const inVpc = (props: (vpc: IVpc) => Partial<FanOutApiProps>, subnetType = SubnetType.PRIVATE_WITH_EGRESS) => {
    const stack = new Stack(anApp(), 'Test');
    const publicSubnets = { name: 'public', subnetType: SubnetType.PUBLIC };
    const subnetConfiguration = [publicSubnets, { name: 'own', subnetType }];
    const vpc = new Vpc(stack, 'Vpc', { maxAzs: 2, subnetConfiguration }) as IVpc; // as CDK types it without exactOptionalPropertyTypes
    const chat = new FanOutApi(stack, 'Chat', { handlers, ...props(vpc) });
    return { stack, vpc, chat };
  };

  const warningsOf = ({ functions }: FanOutApi): [string, string][] =>
    [...functions].flatMap(([name, { node }]) =>
      node.metadata.flatMap(({ type, data }) => (type === 'aws:cdk:warning' ? [[name, data] as [string, string]] : [])),
    );

  it('has its private subnets and a group of its own, to which other resources open', () => {
    const { stack, vpc, chat } = inVpc((vpc) => ({ vpc }));
    const template = Template.fromStack(stack);
    for (const [name, handler] of chat.functions) {
      const { VpcConfig } = functionIn(template, chat, name).Properties;
      expect(VpcConfig.SubnetIds).toEqual(stack.resolve(vpc.privateSubnets.map(({ subnetId }) => subnetId)));
      const [group] = handler.function.connections.securityGroups;
      expect(VpcConfig.SecurityGroupIds).toEqual([stack.resolve(group?.securityGroupId)]);
    }
    expect(Object.keys(template.findResources('AWS::EC2::SecurityGroup'))).toHaveLength(chat.functions.size);
  });

  it('lets Lambda manage its network interfaces before it is made, and nothing of that to its own code', () => {
    const { stack, chat } = inVpc((vpc) => ({ vpc }));
    const template = Template.fromStack(stack);
    const describing = ['ec2:DescribeNetworkInterfaces', 'ec2:DescribeSubnets'];
    const changing = [
      'ec2:CreateNetworkInterface',
      'ec2:DeleteNetworkInterface',
      'ec2:AssignPrivateIpAddresses',
      'ec2:UnassignPrivateIpAddresses',
    ];
    for (const name of ['connect', 'fan-out']) {
      expect(extraStatements(template, chat, name)).toEqual([
        { Effect: 'Allow', Action: describing, Resource: '*' },
        {
          Effect: 'Allow',
          Action: changing,
          Resource: stack.resolve(`arn:${stack.partition}:ec2:${stack.region}:${stack.account}:*/*`),
        },
        {
          Effect: 'Deny',
          Action: [...describing, ...changing],
          Resource: '*',
          Condition: { Null: { 'lambda:SourceFunctionArn': 'false' } },
        },
      ]);
      expect(functionIn(template, chat, name).DependsOn).toContainEqual(expect.stringContaining('NetworkPolicy'));
    }
  });

  it('may be one function alone, in groups that are there already', () => {
    const { stack, chat } = inVpc((vpc) => ({
      connect: { vpc, securityGroups: [new SecurityGroup(vpc, 'Group', { vpc })] },
    }));
    const template = Template.fromStack(stack);
    const inside = [...chat.functions.keys()].filter((name) => functionIn(template, chat, name).Properties.VpcConfig);
    expect(inside).toEqual(['connect']);
    expect(Object.keys(template.findResources('AWS::EC2::SecurityGroup'))).toHaveLength(1);
    expect(extraStatements(template, chat, 'disconnect')).toEqual([]);
  });

  it('is warned of, if it posts and its subnets have no way to the internet', () => {
    const warnings = warningsOf(inVpc((vpc) => ({ vpc }), SubnetType.PRIVATE_ISOLATED).chat);
    expect(warnings.map(([name]) => name)).toEqual(['default', 'fan-out']);
    for (const [, text] of warnings) expect(text).toMatch(/its subnets have no way to the internet: .* time out/);
  });

  it('is not warned of in subnets with a NAT gateway', () => {
    expect(warningsOf(inVpc((vpc) => ({ vpc })).chat)).toEqual([]);
  });

  it.each<[string, (vpc: IVpc) => Partial<FanOutApiProps>, RegExp]>([
    ['subnets without a VPC', () => ({ vpcSubnets: {} }), /Cannot configure 'vpcSubnets' without configuring a VPC/],
    [
      'public subnets, which give a function no way out',
      (vpc) => ({ vpc, vpcSubnets: { subnetType: SubnetType.PUBLIC } }),
      /Lambda Functions in a public subnet can NOT access the internet/,
    ],
  ])('is refused by CDK in %s', (_, props, message) => {
    expect(() => inVpc(props)).toThrow(message);
  });
});

it('is what CDK grants to', () => {
  const { template, chat, stack } = aStack({ handlers }, (api) => {
    api.addRoute('leave');
    const table = new Table(api, 'Rooms', { partitionKey: { name: 'id', type: AttributeType.STRING } });
    table.grant(api.functionOf('leave'), 'dynamodb:GetItem');
  });
  expect(statementsOf(template, chat.functionOf('leave').role)).toContainEqual({
    Effect: 'Allow',
    Action: 'dynamodb:GetItem',
    Resource: [stack.resolve((chat.node.findChild('Rooms') as Table).tableArn)],
  });
});
