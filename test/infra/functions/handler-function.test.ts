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
/** The statements that a role has only because of the options of the API. */
const extraStatements = (template: Template, chat: FanOutApi, name: string) => {
  const plain = aStack({ handlers });
  const own = statementsOf(plain.template, plain.chat.functionOf(name).role);
  return statementsOf(template, chat.functionOf(name).role).filter(
    (statement) => !own.some((other) => JSON.stringify(other) === JSON.stringify(statement)),
  );
};

describe('tracing', () => {
  it.each([Tracing.ACTIVE, Tracing.PASS_THROUGH])(
    'allows the function to send to X-Ray before it is created: %s',
    (tracing) => {
      const { template, chat } = aStack({ handlers, tracing });
      for (const name of ['connect', 'fan-out']) {
        const { Properties, DependsOn } = functionIn(template, chat, name);
        expect(Properties.TracingConfig).toEqual({ Mode: tracing });
        expect(extraStatements(template, chat, name)).toEqual([
          { Effect: 'Allow', Action: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], Resource: '*' },
        ]);
        expect(DependsOn).toContainEqual(expect.stringContaining('TracingPolicy'));
      }
    },
  );

  it('allows nothing with Tracing.DISABLED', () => {
    const { template, chat } = aStack({ handlers, tracing: Tracing.ACTIVE, connect: { tracing: Tracing.DISABLED } });
    expect(functionIn(template, chat, 'connect').Properties).not.toHaveProperty('TracingConfig');
    expect(extraStatements(template, chat, 'connect')).toEqual([]);
  });
});

describe('a function in a VPC', () => {
  /** An API in a VPC of the same stack. */
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

  it('uses the private subnets and its own security group, which other resources can allow', () => {
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

  it('lets Lambda manage its network interfaces before it is created, and denies that to its own code', () => {
    const { stack, chat } = inVpc((vpc) => ({ vpc }));
    const template = Template.fromStack(stack);
    const describeActions = ['ec2:DescribeNetworkInterfaces', 'ec2:DescribeSubnets'];
    const changeActions = [
      'ec2:CreateNetworkInterface',
      'ec2:DeleteNetworkInterface',
      'ec2:AssignPrivateIpAddresses',
      'ec2:UnassignPrivateIpAddresses',
    ];
    for (const name of ['connect', 'fan-out']) {
      expect(extraStatements(template, chat, name)).toEqual([
        { Effect: 'Allow', Action: describeActions, Resource: '*' },
        {
          Effect: 'Allow',
          Action: changeActions,
          Resource: stack.resolve(`arn:${stack.partition}:ec2:${stack.region}:${stack.account}:*/*`),
        },
        {
          Effect: 'Deny',
          Action: [...describeActions, ...changeActions],
          Resource: '*',
          Condition: { Null: { 'lambda:SourceFunctionArn': 'false' } },
        },
      ]);
      expect(functionIn(template, chat, name).DependsOn).toContainEqual(expect.stringContaining('NetworkPolicy'));
    }
  });

  it('may be the only function in a VPC, with existing security groups', () => {
    const { stack, chat } = inVpc((vpc) => ({
      connect: { vpc, securityGroups: [new SecurityGroup(vpc, 'Group', { vpc })] },
    }));
    const template = Template.fromStack(stack);
    const inside = [...chat.functions.keys()].filter((name) => functionIn(template, chat, name).Properties.VpcConfig);
    expect(inside).toEqual(['connect']);
    expect(Object.keys(template.findResources('AWS::EC2::SecurityGroup'))).toHaveLength(1);
    expect(extraStatements(template, chat, 'disconnect')).toEqual([]);
  });

  it('has a warning if it posts and its subnets have no route to the internet', () => {
    const warnings = warningsOf(inVpc((vpc) => ({ vpc }), SubnetType.PRIVATE_ISOLATED).chat);
    expect(warnings.map(([name]) => name)).toEqual(['default', 'fan-out']);
    for (const [, text] of warnings) expect(text).toMatch(/its subnets have no route to the internet\. .* time out/);
  });

  it('has no warning in subnets with a NAT gateway', () => {
    expect(warningsOf(inVpc((vpc) => ({ vpc })).chat)).toEqual([]);
  });

  it.each<[string, (vpc: IVpc) => Partial<FanOutApiProps>, RegExp]>([
    ['subnets without a VPC', () => ({ vpcSubnets: {} }), /Cannot configure 'vpcSubnets' without configuring a VPC/],
    [
      'public subnets, which give a function no route to the internet',
      (vpc) => ({ vpc, vpcSubnets: { subnetType: SubnetType.PUBLIC } }),
      /Lambda Functions in a public subnet can NOT access the internet/,
    ],
  ])('is refused by CDK in %s', (_, props, message) => {
    expect(() => inVpc(props)).toThrow(message);
  });
});

it('a function of the construct is a grantee for CDK’s grants', () => {
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
