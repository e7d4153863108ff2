import { describe, expect, it } from '@jest/globals';
import { readApplication } from '../../../../../packages/local/template/read-application.ts';
import { aChat, anAssembly } from '../an-assembly.ts';

const QUEUE_ARN = 'arn:aws:sqs:us-east-1:123456789012:Chat-Queue';
const Queue = { Type: 'AWS::SQS::Queue' };

const collect = (Resources: NonNullable<Parameters<typeof aChat>[0]>['Resources']) =>
  readApplication({ cdkOut: anAssembly(aChat({ Resources: { Queue, ...Resources } })), sqsUrl: '' }).policies;

const statementsOf = (...parameters: Parameters<typeof collect>) =>
  [...collect(...parameters).identity.values()].flat();

const document = (...Statement: object[]) => ({ Version: '2012-10-17', Statement });
const SEND = { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: { 'Fn::GetAtt': ['Queue', 'Arn'] } };
const aRole = (Properties: Record<string, unknown>) => ({ Role: { Type: 'AWS::IAM::Role', Properties } });

describe('collectPolicies', () => {
  it('collects attached policies, inline policies and managed policies of the template', () => {
    const roles = { Roles: [{ Ref: 'Role' }], PolicyDocument: document(SEND) };
    const statements = statementsOf({
      ...aRole({
        Policies: [{ PolicyName: 'inline', PolicyDocument: document(SEND) }],
        ManagedPolicyArns: [{ Ref: 'Managed' }],
      }),
      Attached: { Type: 'AWS::IAM::Policy', Properties: roles },
      Managed: { Type: 'AWS::IAM::ManagedPolicy', Properties: { PolicyDocument: document(SEND) } },
      Elsewhere: { Type: 'AWS::IAM::Policy', Properties: { ...roles, Roles: ['other'] } },
    });
    expect(statements).toEqual(
      ['Role/Policies/0/0', 'Attached/0', 'Managed/0'].map((id) => ({
        id,
        effect: 'Allow',
        actions: ['sqs:SendMessage'],
        resources: [QUEUE_ARN],
      })),
    );
  });

  it('knows the important actions of AWS’s managed policies', () => {
    const arn = 'arn:aws:iam::aws:policy/service-role/AWSLambdaSQSQueueExecutionRole';
    expect(statementsOf(aRole({ ManagedPolicyArns: [arn] }))).toEqual([
      expect.objectContaining({
        id: 'Role/service-role/AWSLambdaSQSQueueExecutionRole',
        actions: expect.arrayContaining(['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes']),
        resources: ['*'],
      }),
    ]);
  });

  it('collects queue policies by queue, with their principals', () => {
    const policy = {
      Type: 'AWS::SQS::QueuePolicy',
      Properties: {
        Queues: [{ Ref: 'Queue' }],
        PolicyDocument: document({ ...SEND, Principal: { Service: 'sns.amazonaws.com', AWS: ['*'] } }),
      },
    };
    expect([...collect({ Policy: policy }).resource]).toEqual([
      [QUEUE_ARN, [expect.objectContaining({ id: 'Policy/0', principals: ['sns.amazonaws.com', '*'] })]],
    ]);
  });

  it.each<[string, Record<string, unknown>, RegExp]>([
    [
      'a managed policy that is not known',
      { ManagedPolicyArns: ['arn:aws:iam::aws:policy/AmazonS3FullAccess'] },
      /its managed policy arn:aws:iam::aws:policy\/AmazonS3FullAccess is not known here/,
    ],
    [
      'a permissions boundary',
      { PermissionsBoundary: 'arn:aws:iam::123456789012:policy/b' },
      /its permissions boundary is not supported here/,
    ],
    [
      'an unknown condition',
      {
        Policies: [{ PolicyDocument: document({ ...SEND, Condition: { StringEquals: { 'aws:SourceVpc': 'vpc' } } }) }],
      },
      /its statement Role\/Policies\/0\/0 has conditions that are not supported here: aws:SourceVpc/,
    ],
    [
      'an unknown operator',
      {
        Policies: [{ PolicyDocument: document({ ...SEND, Condition: { DateLessThan: { 'aws:PrincipalArn': 'x' } } }) }],
      },
      /conditions that are not supported here: DateLessThan/,
    ],
    [
      'a policy variable',
      { Policies: [{ PolicyDocument: document({ ...SEND, Resource: 'arn:aws:sqs:*:*:$' + '{aws:username}' }) }] },
      /uses policy variables/,
    ],
  ])('names %s', (_, role, problem) => {
    expect(() => collect(aRole(role))).toThrow(problem);
  });

  it('accepts any condition on services that are not authorized here', () => {
    const statement = { ...SEND, Action: 'kms:Decrypt', Condition: { StringEquals: { 'kms:ViaService': 'sqs' } } };
    expect(statementsOf(aRole({ Policies: [{ PolicyDocument: document(statement) }] }))).toHaveLength(1);
  });
});
