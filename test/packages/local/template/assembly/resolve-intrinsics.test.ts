import { describe, expect, it } from '@jest/globals';
import { aChat, aFunction } from '../an-assembly.ts';
import { environmentOf, problemsOf, QUEUE, read } from '../read-for-test.ts';

describe('intrinsic functions', () => {
  it('are resolved in a function’s environment', () => {
    const environment = environmentOf(
      {
        JOIN: { 'Fn::Join': ['-', ['a', { Ref: 'AWS::Region' }]] },
        SUB: { 'Fn::Sub': ['${AWS::AccountId}/${Name}/${!literal}', { Name: { Ref: 'Suffix' } }] },
        SELECT: { 'Fn::Select': ['1', { 'Fn::Split': [':', 'a:b:c'] }] },
        MAPPED: { 'Fn::FindInMap': ['Sizes', { Ref: 'AWS::Region' }, 'posts'] },
        MAPPED_DEFAULT: { 'Fn::FindInMap': ['Sizes', 'nowhere', 'posts', { DefaultValue: 'none' }] },
        IF: { 'Fn::If': ['IsSmall', 'small', { Ref: 'AWS::NoValue' }] },
        GONE: { 'Fn::If': ['IsLarge', 'large', { Ref: 'AWS::NoValue' }] },
        QUEUE: { Ref: 'Queue' },
        QUEUE_ARN: { 'Fn::GetAtt': 'Queue.Arn' },
        TABLE: { Ref: 'Table' },
        CALLBACK: {
          'Fn::Join': [
            '',
            [
              'https://',
              { Ref: 'Api' },
              '.execute-api.',
              { Ref: 'AWS::Region' },
              '.',
              { Ref: 'AWS::URLSuffix' },
              '/',
              { Ref: 'Stage' },
            ],
          ],
        },
        JSON: { 'Fn::ToJsonString': { size: { Ref: 'Suffix' } } },
        NUMBER: 5,
      },
      {
        Parameters: { Suffix: { Type: 'String', Default: 'dev' } },
        Mappings: { Sizes: { 'us-east-1': { posts: '100' } } },
        Conditions: {
          IsDev: { 'Fn::Equals': [{ Ref: 'Suffix' }, 'dev'] },
          IsSmall: {
            'Fn::And': [{ Condition: 'IsDev' }, { 'Fn::Or': [{ 'Fn::Equals': ['a', 'b'] }, { Condition: 'IsDev' }] }],
          },
          IsLarge: { 'Fn::Not': [{ Condition: 'IsSmall' }] },
        },
        Resources: {
          Queue: QUEUE,
          Table: { Type: 'AWS::DynamoDB::Table', Properties: { TableName: { 'Fn::Sub': 'rows-${Suffix}' } } },
        },
      },
    );
    expect(environment).toEqual({
      JOIN: 'a-us-east-1',
      SUB: '123456789012/dev/${literal}',
      SELECT: 'b',
      MAPPED: '100',
      MAPPED_DEFAULT: 'none',
      IF: 'small',
      QUEUE: 'http://127.0.0.1:9324/123456789012/Chat-Queue',
      QUEUE_ARN: 'arn:aws:sqs:us-east-1:123456789012:Chat-Queue',
      TABLE: 'rows-dev',
      CALLBACK: expect.stringMatching(/^https:\/\/[a-z0-9]{10}\.execute-api\.us-east-1\.amazonaws\.com\/production$/),
      JSON: '{"size":"dev"}',
      NUMBER: '5',
    });
  });

  it('take parameters without a default from the caller', () => {
    const needsParameter = { Parameters: { Origin: { Type: 'String' } } };
    expect(
      environmentOf({ ORIGIN: { Ref: 'Origin' } }, needsParameter, { parameters: { Origin: 'https://a' } }),
    ).toEqual({ ORIGIN: 'https://a' });
    expect(() => environmentOf({ ORIGIN: { Ref: 'Origin' } }, needsParameter)).toThrow(
      'Echo (AWS::Lambda::Function): it needs the parameter Origin, which has no default. Pass it with --parameter Origin=VALUE.',
    );
  });

  it('leave out a resource whose condition does not hold', () => {
    const { application } = read(
      aChat({
        Conditions: { Never: { 'Fn::Equals': ['a', 'b'] } },
        Resources: {
          Uploads: { Type: 'AWS::S3::Bucket', Condition: 'Never' },
          Queue: { ...QUEUE, Condition: 'Never' },
        },
      }),
    );
    expect(application.queues).toEqual([]);
  });

  it('name the resources whose conditions are unknown, together with all other problems', () => {
    const chat = aChat({
      Parameters: { Env: { Type: 'String' } },
      Conditions: { IsProd: { 'Fn::Equals': [{ Ref: 'Env' }, 'prod'] } },
      Resources: {
        Queue: { ...QUEUE, Condition: 'IsProd' },
        Dead: { ...QUEUE, Condition: 'IsGone' },
        ...aFunction({ Handler: 'index.handler', Environment: { Variables: { NAME: { Ref: 'Nobody' } } } }),
      },
    });
    expect(problemsOf(chat)).toEqual([
      'Echo: it refers to Nobody, which is not in the template',
      'Queue: it needs the parameter Env, which has no default',
      'Dead: its condition IsGone is not in the template',
    ]);
    expect(
      read(
        { ...chat, Resources: aChat({ Resources: { Queue: { ...QUEUE, Condition: 'IsProd' } } }).Resources ?? {} },
        {
          parameters: { Env: 'test' },
        },
      ).application.queues,
    ).toEqual([]);
  });

  it('name the resources that refer to each other in a circle', () => {
    const named = (QueueName: unknown) => ({ ...QUEUE, Properties: { QueueName } });
    const conditions = { Conditions: { A: { Condition: 'B' }, B: { 'Fn::Not': [{ Condition: 'A' }] } } };
    const resources = { A: named({ Ref: 'B' }), B: named({ 'Fn::GetAtt': ['A', 'QueueName'] }) };
    expect(problemsOf(aChat({ ...conditions, Resources: { ...resources, C: { ...QUEUE, Condition: 'A' } } }))).toEqual([
      'A: it is part of a circular reference: Chat/A, Chat/B',
      'B: it is part of a circular reference: Chat/A, Chat/B',
      'C: it is part of a circular reference: Chat/Conditions.A, Chat/Conditions.B',
    ]);
  });

  it('leave out the outputs of stacks that refer to each other in a circle', () => {
    const asking = (StackName: string) => ({
      Url: { Value: { 'Fn::GetStackOutput': { StackName, OutputName: 'Url' } } },
    });
    const { application } = read([aChat({ Outputs: asking('Data') }), { stackName: 'Data', Outputs: asking('Chat') }]);
    expect(application.outputs).toEqual({ Chat: {}, Data: {} });
  });

  it('follow an import to the stack that exports the value', () => {
    const data = {
      stackName: 'Data',
      Resources: { Queue: QUEUE },
      Outputs: { QueueUrl: { Value: { Ref: 'Queue' }, Export: { Name: 'Data:Queue' } } },
    };
    const chat = aChat({
      Resources: aFunction({ Environment: { Variables: { QUEUE: { 'Fn::ImportValue': 'Data:Queue' } } } }),
    });
    expect(read([data, chat]).application.functions[0]?.environment).toEqual({
      QUEUE: 'http://127.0.0.1:9324/123456789012/Data-Queue',
    });
    expect(problemsOf(chat)).toEqual(['Echo: it imports Data:Queue, which no stack of the application exports']);
  });

  it('follow a reference to an output of another stack', () => {
    const data = { stackName: 'Data', Resources: { Queue: QUEUE }, Outputs: { QueueUrl: { Value: { Ref: 'Queue' } } } };
    const value = { 'Fn::GetStackOutput': { StackName: 'Data', OutputName: 'QueueUrl' } };
    const chat = aChat({ Resources: aFunction({ Environment: { Variables: { QUEUE: value } } }) });
    expect(read([data, chat]).application.functions[0]?.environment).toEqual({
      QUEUE: 'http://127.0.0.1:9324/123456789012/Data-Queue',
    });
    expect(problemsOf(chat)).toEqual([
      'Echo: it uses the output QueueUrl of the stack Data, which is not in the application',
    ]);
  });
});
