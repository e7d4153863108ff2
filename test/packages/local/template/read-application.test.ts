import { describe, expect, it } from '@jest/globals';
import type { TemplateResource } from '../../../../packages/local/template/assembly/read-assembly.ts';
import { readApplication } from '../../../../packages/local/template/read-application.ts';
import { aChat, aFunction } from './an-assembly.ts';
import { problemsOf, QUEUE, read } from './read-for-test.ts';

describe('readApplication', () => {
  it('reads the smallest chat', () => {
    const { application } = read(aChat());
    expect(application).toMatchObject({
      name: 'Chat',
      region: 'us-east-1',
      accountId: '123456789012',
      apis: [
        {
          name: 'chat',
          apiId: expect.stringMatching(/^[a-z0-9]{10}$/),
          routeSelectionExpression: '$request.body.action',
          stages: [{ name: 'production', variables: {} }],
          routes: [
            {
              routeKey: '$default',
              integration: { type: 'lambda', functionName: 'Chat-Echo', timeoutMs: 29_000 },
              twoWay: false,
            },
          ],
        },
      ],
      functions: [
        { functionName: 'Chat-Echo', handler: 'index.handler', runtime: 'nodejs24.x', timeoutMs: 3_000, memoryMb: 128 },
      ],
      tables: [],
      queues: [],
      eventSources: [],
    });
  });

  it('takes account and region from the application', () => {
    const { application } = read(aChat({ environment: 'aws://210987654321/eu-central-1' }));
    expect(application).toMatchObject({ accountId: '210987654321', region: 'eu-central-1' });
    expect(application.functions[0]?.arn).toBe('arn:aws:lambda:eu-central-1:210987654321:function:Chat-Echo');
  });

  it('gives ARNs the partition of the Region', () => {
    const { application, notices } = read(
      aChat({ environment: 'aws://210987654321/cn-north-1', Resources: { QUEUE } }),
    );
    expect(application.functions[0]).toMatchObject({
      arn: 'arn:aws-cn:lambda:cn-north-1:210987654321:function:Chat-Echo',
      roleArn: 'arn:aws-cn:iam::210987654321:role/Chat-Role',
    });
    expect(application.queues[0]?.arn).toBe('arn:aws-cn:sqs:cn-north-1:210987654321:Chat-QUEUE');
    expect(notices).toEqual([]);
  });

  it('gives a resource the same name in each run, within its service’s limit', () => {
    const stackName = 'A'.repeat(70);
    const [first, second] = [0, 1].map(() => read(aChat({ stackName })).application);
    expect(first?.functions[0]?.functionName).toHaveLength(64);
    expect(first?.functions).toEqual([{ ...second?.functions[0], codePath: first?.functions[0]?.codePath }]);
    expect(first?.apis).toEqual(second?.apis);
  });

  it('opens nested stacks', () => {
    const nested = {
      Parameters: { Size: { Type: 'Number' } },
      Resources: { Queue: { Type: 'AWS::SQS::Queue', Properties: { MaximumMessageSize: { Ref: 'Size' } } } },
      Outputs: { Url: { Value: { Ref: 'Queue' } } },
    };
    const chat = aChat({
      assets: { 'code.zip': 'code', 'nested.json': 'nested.template.json' },
      Resources: {
        Nested: {
          Type: 'AWS::CloudFormation::Stack',
          Properties: {
            TemplateURL: { 'Fn::Sub': 'https://s3.${AWS::URLSuffix}/assets/nested.json' },
            Parameters: { Size: '2048' },
          },
        },
        ...aFunction({ Environment: { Variables: { QUEUE: { 'Fn::GetAtt': ['Nested', 'Outputs.Url'] } } } }),
      },
    });
    const files = { ...chat.files, 'nested.template.json': JSON.stringify(nested) };
    const { application } = read({ ...chat, files });
    expect(application.queues).toMatchObject([
      { queueName: 'Chat-Nested-Queue', attributes: { MaximumMessageSize: '2048' } },
    ]);
    expect(application.functions[0]?.environment.QUEUE).toBe(application.queues[0]?.url);
  });

  it('names all problems together, with type, path and remedy', () => {
    const broken = aChat({
      constructPaths: { Uploads: 'Chat/Uploads/Resource' },
      Resources: {
        Uploads: { Type: 'AWS::S3::Bucket' },
        Http: { Type: 'AWS::ApiGatewayV2::Api', Properties: { ProtocolType: 'HTTP' } },
        ...aFunction({
          Runtime: 'python3.13',
          Layers: ['arn:layer'],
          Environment: { Variables: { BUCKET: { Ref: 'Uploads' } } },
        }),
      },
    });
    expect(() => read(broken)).toThrow(
      'Chat cannot run here: 4 problems\n' +
        '  - Echo (AWS::Lambda::Function): its runtime is python3.13, and only Node is run. Give it a nodejs runtime.\n' +
        '  - Echo (AWS::Lambda::Function): it uses layers, which are not run. Bundle their content, or leave them out in the local run.\n' +
        '  - Uploads (AWS::S3::Bucket, Chat/Uploads/Resource): it is not run here. Give its real name with --value Uploads=VALUE, or run without it: --ignore Uploads, or --ignore AWS::S3::Bucket.\n' +
        '  - Http (AWS::ApiGatewayV2::Api): it is an HTTP API, and only WebSocket APIs are run. Run without it: --ignore Http.\n' +
        'To leave out a part only in the local run, let the application check process.env.MIDDY_FANOUT_LOCAL: it is "1" while the local run synthesizes.',
    );
  });

  it('leaves out the resources of --ignore, by type and by logical id', () => {
    const Variables = { BUCKET: { Ref: 'Uploads' }, TOPIC: { Ref: 'News' } };
    const Resources = {
      ...aFunction({ Environment: { Variables } }),
      ...{ Uploads: { Type: 'AWS::S3::Bucket' }, News: { Type: 'AWS::SNS::Topic' } },
    };
    expect(problemsOf(aChat({ Resources }))).toEqual(['Uploads: it is not run here', 'News: it is not run here']);
    expect(problemsOf(aChat({ Resources }), { ignore: ['AWS::S3::Bucket', 'News'] })).toEqual([]);
  });

  it('leaves out unsupported resources that no running resource needs, with their outputs, and says so in one line', () => {
    const method = { Type: 'AWS::ApiGateway::Method', Properties: { RestApiId: { Ref: 'Rest' } } };
    const permission = {
      FunctionName: { Ref: 'Echo' },
      Principal: 'apigateway.amazonaws.com',
      SourceArn: { Ref: 'Rest' },
    };
    const resizing = { Runtime: 'nodejs24.x', Environment: { Variables: { BUCKET: { Ref: 'Uploads' } } } };
    const { application, notices } = read(
      aChat({
        Resources: {
          Rest: { Type: 'AWS::ApiGateway::RestApi', Properties: { Lambda: { Ref: 'Echo' } } },
          ...{ Get: method, Post: method, Uploads: { Type: 'AWS::S3::Bucket' } },
          May: { Type: 'AWS::Lambda::Permission', Properties: permission },
          Resize: { Type: 'AWS::Lambda::Function', Properties: resizing },
        },
        Outputs: { RestUrl: { Value: { 'Fn::Sub': 'https://${Rest}.example' } }, Chat: { Value: { Ref: 'Stage' } } },
      }),
    );
    expect(notices).toEqual([
      'not run here: AWS::ApiGateway::RestApi Rest, AWS::ApiGateway::Method (2), AWS::S3::Bucket Uploads, AWS::Lambda::Function Resize (no running resource needs them)',
    ]);
    expect(application.outputs).toEqual({ Chat: { Chat: 'production' } });
    expect(application.functions.map(({ logicalId }) => logicalId)).toEqual(['Echo']);
  });

  it('refuses unsupported resources that a function’s policy, an event source or another stack refers to', () => {
    const Role = {
      Type: 'AWS::IAM::Role',
      Properties: {
        Policies: [
          {
            PolicyDocument: {
              Statement: { Effect: 'Allow', Action: 's3:*', Resource: { 'Fn::GetAtt': ['Uploads', 'Arn'] } },
            },
          },
        ],
      },
    };
    const Source = {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: { EventSourceArn: { 'Fn::GetAtt': ['Clicks', 'Arn'] }, FunctionName: { Ref: 'Echo' } },
    };
    const data = {
      stackName: 'Data',
      Resources: { Users: { Type: 'AWS::Cognito::UserPool' }, Spare: { Type: 'AWS::Cognito::UserPool' } },
      Outputs: { Pool: { Value: { Ref: 'Users' }, Export: { Name: 'pool' } } },
    };
    const chat = aChat({
      Resources: {
        ...{ Role, Source, Uploads: { Type: 'AWS::S3::Bucket' }, Clicks: { Type: 'AWS::Kinesis::Stream' } },
        ...aFunction({ Environment: { Variables: { POOL: { 'Fn::ImportValue': 'pool' } } } }),
      },
    });
    const what = 'it is not run here';
    expect(problemsOf([data, chat])).toEqual([
      `Users: ${what}`,
      expect.stringMatching(/^Source: .*the local run supports only SQS queues/),
      `Uploads: ${what}`,
      `Clicks: ${what}`,
    ]);
  });

  it('refuses unsupported resources that a nested stack gets as a parameter', () => {
    const nested = { Parameters: { Bucket: { Type: 'String' } }, Resources: { Queue: QUEUE } };
    const Nested = {
      Type: 'AWS::CloudFormation::Stack',
      Properties: { TemplateURL: 'https://s3/nested.json', Parameters: { Bucket: { Ref: 'Uploads' } } },
    };
    const chat = aChat({
      assets: { 'code.zip': 'code', 'nested.json': 'nested.template.json' },
      Resources: { Nested, Uploads: { Type: 'AWS::S3::Bucket' } },
    });
    const files = { ...chat.files, 'nested.template.json': JSON.stringify(nested) };
    expect(problemsOf({ ...chat, files })).toEqual(['Uploads: it is not run here']);
  });

  it('leaves out the functions of custom resources without a notice', () => {
    const { Echo: Provider } = aFunction();
    const ServiceToken = { 'Fn::GetAtt': ['Provider', 'Arn'] };
    const Retention = { Type: 'Custom::LogRetention', Properties: { ServiceToken } };
    const { application, notices } = read(aChat({ Resources: { Provider, Retention } }));
    expect(application.functions.map(({ logicalId }) => logicalId)).toEqual(['Echo']);
    expect(notices).toEqual([]);
  });

  it('runs an application that only declares log groups, alarms, keys and permissions', () => {
    const types = [
      'AWS::Logs::LogGroup',
      'AWS::CloudWatch::Alarm',
      'AWS::KMS::Key',
      'AWS::Lambda::Permission',
      'AWS::CDK::Metadata',
    ];
    const Resources = Object.fromEntries(types.map((Type, index) => [`Declared${index}`, { Type }]));
    expect(problemsOf(aChat({ Resources }))).toEqual([]);
  });

  describe('leaves out the topics that alarms notify', () => {
    const Topic = { Type: 'AWS::SNS::Topic' };
    const Policy = { Type: 'AWS::SNS::TopicPolicy', Properties: { Topics: [{ Ref: 'Topic' }] } };
    const Alarm = { Type: 'AWS::CloudWatch::Alarm', Properties: { AlarmActions: [{ Ref: 'Topic' }] } };
    const subscription = (Protocol: string, Endpoint: unknown) => ({
      Type: 'AWS::SNS::Subscription',
      Properties: { TopicArn: { Ref: 'Topic' }, Protocol, Endpoint },
    });
    const noticesOf = (Resources: Record<string, TemplateResource>) => read(aChat({ Resources })).notices;
    const echoArn = { 'Fn::GetAtt': ['Echo', 'Arn'] };

    it('without a notice, with their policies and mail subscriptions', () => {
      const Mail = subscription('email', 'operations@example.com');
      expect(noticesOf({ Topic, Policy, Alarm, Mail })).toEqual([]);
    });

    it.each<[string, Record<string, TemplateResource>, string]>([
      ['a subscription', { Topic, Told: subscription('lambda', echoArn) }, 'AWS::SNS::Subscription Told'],
      [
        'a topic with its subscriptions in it',
        { Topic: { ...Topic, Properties: { Subscription: [{ Protocol: 'lambda', Endpoint: echoArn }] } } },
        'AWS::SNS::Topic Topic',
      ],
      [
        'a subscription of a queue',
        { Queue: QUEUE, Topic, Told: subscription('sqs', { 'Fn::GetAtt': ['Queue', 'Arn'] }) },
        'AWS::SNS::Subscription Told',
      ],
    ])('with a notice for %s that delivers to a running resource', (_, resources, named) => {
      expect(noticesOf(resources)).toEqual([`not run here: ${named} (no running resource needs it)`]);
    });

    it('but refuses one that a function publishes to', () => {
      const Resources = { Topic, ...aFunction({ Environment: { Variables: { TOPIC: { Ref: 'Topic' } } } }) };
      expect(problemsOf(aChat({ Resources }))).toEqual(['Topic: it is not run here']);
    });
  });

  it.each([
    [{ ignore: ['Nothing'] }, 'No resource is called Nothing: ignore a resource by its logical id or its type'],
    [{ parameters: { Nope: '1' } }, 'No stack has a parameter Nope. The parameters are: Size'],
  ])('refuses names that no stack has: %j', (options, message) => {
    expect(() => read(aChat({ Parameters: { Size: { Type: 'String' } } }), options)).toThrow(message);
  });

  it('refuses a folder that is not a cloud assembly, and one without a WebSocket API', () => {
    expect(() => readApplication({ cdkOut: 'no-such-folder', sqsUrl: '' })).toThrow(
      /no-such-folder is not a synthesized CDK application \(it has no manifest\.json\): run "npx cdk synth" first/,
    );
    expect(() => read({ Resources: { Queue: QUEUE } })).toThrow(
      'Chat has no WebSocket API, so there is nothing to run',
    );
  });
});
