import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { type ReadApplicationOptions, readApplication } from '../../../local/template/read-application.ts';
import { UnsupportedApplication } from '../../../local/template/unsupported-application.ts';
import { type AnAssembly, aChat, aFunction, anAssembly } from './an-assembly.ts';

const read = (stacks: AnAssembly | readonly AnAssembly[], options: Partial<ReadApplicationOptions> = {}) =>
  readApplication({ cdkOut: anAssembly(...[stacks].flat()), sqsUrl: 'http://127.0.0.1:9324', ...options });

const environmentOf = (Variables: Record<string, unknown>, rest: AnAssembly = {}, options = {}) =>
  read(aChat({ ...rest, Resources: { ...aFunction({ Environment: { Variables } }), ...rest.Resources } }), options)
    .application.functions[0]?.environment;

const problemsOf = (...parameters: Parameters<typeof read>): string[] => {
  try {
    read(...parameters);
  } catch (error) {
    if (error instanceof UnsupportedApplication)
      return error.problems.map(({ logicalId, what }) => `${logicalId}: ${what}`);
    throw error;
  }
  return [];
};

const QUEUE = { Type: 'AWS::SQS::Queue' };

describe('readApplication', () => {
  it('reads what a custom domain name leads to', () => {
    const Domain = { Type: 'AWS::ApiGatewayV2::DomainName', Properties: { DomainName: 'WS.example.com' } };
    const mapping = (properties: Readonly<Record<string, unknown>>) => ({
      Type: 'AWS::ApiGatewayV2::ApiMapping',
      Properties: { ApiId: { Ref: 'Api' }, DomainName: { Ref: 'Domain' }, Stage: { Ref: 'Stage' }, ...properties },
    });
    const Resources = { Domain, Bare: mapping({}), Keyed: mapping({ ApiMappingKey: 'chat' }) };
    expect(read(aChat({ Resources })).application.apis[0]?.mappings).toEqual([
      { domainName: 'ws.example.com', basePath: '', stageName: 'production' },
      { domainName: 'ws.example.com', basePath: 'chat', stageName: 'production' },
    ]);
  });

  it('reads IAM authorization of $connect', () => {
    const Route = {
      Type: 'AWS::ApiGatewayV2::Route',
      Properties: { ApiId: { Ref: 'Api' }, RouteKey: '$connect', AuthorizationType: 'AWS_IAM' },
    };
    const { application } = read(aChat({ Resources: { Route } }));
    expect(application.apis[0]?.routes).toEqual([{ routeKey: '$connect', iamAuthorization: true, twoWay: false }]);
  });

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

  it('finds the code of an asset in the assembly and outside of it', () => {
    const staged = anAssembly(aChat());
    expect(readApplication({ cdkOut: staged, sqsUrl: '' }).application.functions[0]?.codePath).toBe(
      join(staged, 'code'),
    );
    const unstaged = anAssembly(aChat({ assets: { 'code.zip': join(staged, 'code') } }));
    expect(readApplication({ cdkOut: unstaged, sqsUrl: '' }).application.functions[0]?.codePath).toBe(
      join(staged, 'code'),
    );
  });

  it('takes account and region from the application', () => {
    const { application } = read(aChat({ environment: 'aws://210987654321/eu-central-1' }));
    expect(application).toMatchObject({ accountId: '210987654321', region: 'eu-central-1' });
    expect(application.functions[0]?.arn).toBe('arn:aws:lambda:eu-central-1:210987654321:function:Chat-Echo');
  });

  it('gives a resource the same name in each run, within its service’s limit', () => {
    const stackName = 'A'.repeat(70);
    const [first, second] = [0, 1].map(() => read(aChat({ stackName })).application);
    expect(first?.functions[0]?.functionName).toHaveLength(64);
    expect(first?.functions).toEqual([{ ...second?.functions[0], codePath: first?.functions[0]?.codePath }]);
    expect(first?.apis).toEqual(second?.apis);
  });

  it('resolves intrinsic functions in a function’s environment', () => {
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

  it('takes parameters that have no default from the caller', () => {
    const needsParameter = { Parameters: { Origin: { Type: 'String' } } };
    expect(
      environmentOf({ ORIGIN: { Ref: 'Origin' } }, needsParameter, { parameters: { Origin: 'https://a' } }),
    ).toEqual({ ORIGIN: 'https://a' });
    expect(() => environmentOf({ ORIGIN: { Ref: 'Origin' } }, needsParameter)).toThrow(
      'Echo (AWS::Lambda::Function): it needs the parameter Origin, which has no default. Give it with --parameter Origin=VALUE.',
    );
  });

  it('leaves out a resource whose condition does not hold', () => {
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

  it('follows a value from the stack that exports it to the stack that imports it', () => {
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

  it('follows an output that another stack asks for by name', () => {
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

  it('gives queues the attributes of the SQS API', () => {
    const { application } = read(
      aChat({
        Resources: {
          Dead: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'dead', KmsMasterKeyId: 'alias/aws/sqs' } },
          Queue: {
            Type: 'AWS::SQS::Queue',
            Properties: {
              FifoQueue: true,
              VisibilityTimeout: 180,
              RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['Dead', 'Arn'] }, maxReceiveCount: 5 },
            },
          },
        },
      }),
    );
    expect(application.queues).toEqual([
      expect.objectContaining({ queueName: 'dead', attributes: {} }),
      expect.objectContaining({
        queueName: 'Chat-Queue.fifo',
        attributes: {
          FifoQueue: 'true',
          VisibilityTimeout: '180',
          RedrivePolicy: '{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:123456789012:dead","maxReceiveCount":5}',
        },
      }),
    ]);
  });

  it('defines tables as CreateTable takes them, global ones too', () => {
    const keys = {
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    };
    const index = { IndexName: 'byRoom', KeySchema: keys.KeySchema, Projection: { ProjectionType: 'ALL' } };
    const { application } = read(
      aChat({
        Resources: {
          Rows: {
            Type: 'AWS::DynamoDB::GlobalTable',
            Properties: {
              ...keys,
              GlobalSecondaryIndexes: [{ ...index, WriteProvisionedThroughputSettings: {} }],
              TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
              StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
              Replicas: [{ Region: { Ref: 'AWS::Region' } }],
            },
          },
        },
      }),
    );
    expect(application.tables).toEqual([
      {
        logicalId: 'Rows',
        tableName: 'Chat-Rows',
        arn: 'arn:aws:dynamodb:us-east-1:123456789012:table/Chat-Rows',
        ttlAttribute: 'ttl',
        definition: {
          TableName: 'Chat-Rows',
          BillingMode: 'PAY_PER_REQUEST',
          ...keys,
          GlobalSecondaryIndexes: [index],
        },
      },
    ]);
  });

  it('reads mock integrations, two-way routes and authorizers', () => {
    const own = { ApiId: { Ref: 'Api' } };
    const { application } = read(
      aChat({
        Resources: {
          Ping: {
            Type: 'AWS::ApiGatewayV2::Integration',
            Properties: {
              ...own,
              IntegrationType: 'MOCK',
              RequestTemplates: { '200': '{"statusCode":200}' },
              TemplateSelectionExpression: '200',
            },
          },
          Pong: {
            Type: 'AWS::ApiGatewayV2::IntegrationResponse',
            Properties: {
              ...own,
              IntegrationId: { Ref: 'Ping' },
              IntegrationResponseKey: '$default',
              ResponseTemplates: { '200': 'pong' },
            },
          },
          PingRoute: {
            Type: 'AWS::ApiGatewayV2::Route',
            Properties: {
              ...own,
              RouteKey: 'ping',
              Target: { 'Fn::Sub': 'integrations/${Ping}' },
              RouteResponseSelectionExpression: '$default',
            },
          },
          PingResponse: {
            Type: 'AWS::ApiGatewayV2::RouteResponse',
            Properties: { ...own, RouteId: { Ref: 'PingRoute' }, RouteResponseKey: '$default' },
          },
          Guard: {
            Type: 'AWS::ApiGatewayV2::Authorizer',
            Properties: {
              ...own,
              AuthorizerType: 'REQUEST',
              AuthorizerUri: { 'Fn::GetAtt': ['Echo', 'Arn'] },
              IdentitySource: ['route.request.querystring.token'],
            },
          },
          Connect: {
            Type: 'AWS::ApiGatewayV2::Route',
            Properties: { ...own, RouteKey: '$connect', AuthorizationType: 'CUSTOM', AuthorizerId: { Ref: 'Guard' } },
          },
        },
      }),
    );
    expect(application.apis[0]?.routes.slice(1)).toEqual([
      {
        routeKey: 'ping',
        twoWay: true,
        integration: {
          type: 'mock',
          templateSelectionExpression: '200',
          requestTemplates: { '200': '{"statusCode":200}' },
          responses: [{ key: '$default', responseTemplates: { '200': 'pong' } }],
        },
      },
      {
        routeKey: '$connect',
        twoWay: false,
        authorizer: {
          logicalId: 'Guard',
          functionName: 'Chat-Echo',
          identitySources: ['route.request.querystring.token'],
        },
      },
    ]);
  });

  it('reads event sources, through an alias of the function too', () => {
    const { application } = read(
      aChat({
        Resources: {
          Queue: QUEUE,
          Live: {
            Type: 'AWS::Lambda::Alias',
            Properties: { FunctionName: { Ref: 'Echo' }, FunctionVersion: '1', Name: 'live' },
          },
          Source: {
            Type: 'AWS::Lambda::EventSourceMapping',
            Properties: {
              EventSourceArn: { 'Fn::GetAtt': ['Queue', 'Arn'] },
              FunctionName: { Ref: 'Live' },
              FunctionResponseTypes: ['ReportBatchItemFailures'],
              ScalingConfig: { MaximumConcurrency: 2 },
            },
          },
        },
      }),
    );
    expect(application.eventSources).toEqual([
      {
        logicalId: 'Source',
        queueArn: 'arn:aws:sqs:us-east-1:123456789012:Chat-Queue',
        functionName: 'Chat-Echo',
        batchSize: 10,
        batchingWindowSeconds: 0,
        reportBatchItemFailures: true,
        maximumConcurrency: 2,
        enabled: true,
      },
    ]);
  });

  it('writes inline code where it can be run', () => {
    const { application } = read(
      aChat({ Resources: aFunction({ Code: { ZipFile: 'exports.handler = async () => ({})' } }) }),
    );
    expect(application.functions[0]?.codePath).toMatch(/local.Chat-Echo$/);
  });

  it('says whose prints would be lost on AWS, by the log group that the function has', () => {
    const noticesOf = (Role: Record<string, unknown>, functionProperties = {}) =>
      read(
        aChat({
          Resources: {
            Role: { Type: 'AWS::IAM::Role', Properties: Role },
            Logs: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: 'chat' } },
            ...aFunction(functionProperties),
          },
        }),
      ).notices;
    const mayLogTo = (Resource: unknown) => ({
      Policies: [
        {
          PolicyDocument: {
            Statement: { Effect: 'Allow', Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Resource },
          },
        },
      ],
    });
    const toChat = mayLogTo({ 'Fn::GetAtt': ['Logs', 'Arn'] });
    expect(noticesOf({})).toEqual([
      'Chat-Echo would lose on AWS what it prints: its role does not allow logs:CreateLogStream and logs:PutLogEvents on its log group',
    ]);
    expect(noticesOf(toChat)).toHaveLength(1);
    expect(noticesOf(toChat, { LoggingConfig: { LogGroup: { Ref: 'Logs' } } })).toEqual([]);
    expect(noticesOf(mayLogTo('arn:aws:logs:*:*:log-group:/aws/lambda/Chat-Echo:*'))).toEqual([]);
  });

  it('names everything that cannot be run at once, with type, path and remedy', () => {
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
      'Chat cannot be run: 4 things to mend\n' +
        '  - Echo (AWS::Lambda::Function): its runtime is python3.13, and only Node is run. Give it a nodejs runtime.\n' +
        '  - Echo (AWS::Lambda::Function): it uses layers, which are not run. Bundle what they hold.\n' +
        '  - Uploads (AWS::S3::Bucket, Chat/Uploads/Resource): it is not run here. Run without it: --ignore Uploads, or --ignore AWS::S3::Bucket.\n' +
        '  - Http (AWS::ApiGatewayV2::Api): it is an HTTP API, and only WebSocket APIs are run. Run without it: --ignore Http.',
    );
  });

  it('leaves out what is to be ignored, by type and by logical id', () => {
    const Variables = { BUCKET: { Ref: 'Uploads' }, TOPIC: { Ref: 'News' } };
    const Resources = {
      ...aFunction({ Environment: { Variables } }),
      ...{ Uploads: { Type: 'AWS::S3::Bucket' }, News: { Type: 'AWS::SNS::Topic' } },
    };
    expect(problemsOf(aChat({ Resources }))).toEqual(['Uploads: it is not run here', 'News: it is not run here']);
    expect(problemsOf(aChat({ Resources }), { ignore: ['AWS::S3::Bucket', 'News'] })).toEqual([]);
  });

  it('leaves out what nothing that runs refers to, with its outputs, and says so in one line', () => {
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
      'not run here: AWS::ApiGateway::RestApi Rest, AWS::ApiGateway::Method (2), AWS::S3::Bucket Uploads, AWS::Lambda::Function Resize (nothing that runs here needs them)',
    ]);
    expect(application.outputs).toEqual({ Chat: { Chat: 'production' } });
    expect(application.functions.map(({ logicalId }) => logicalId)).toEqual(['Echo']);
  });

  it('names what cannot be run where a policy of a function, an event source or another stack leads to it', () => {
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
      expect.stringMatching(/^Source: .*only SQS queues are read/),
      `Uploads: ${what}`,
      `Clicks: ${what}`,
    ]);
  });

  it('names what a nested stack is given and cannot be run', () => {
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

  it('leaves out the functions that make custom resources, in silence', () => {
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

  it.each([
    ['a handler whose file is missing', { Handler: 'main.handler' }, /its handler main\.handler is not in .*code/],
    ['a missing asset', { Code: { S3Key: 'other.zip' } }, /its code is not an asset of the cloud assembly/],
    [
      'a role from elsewhere',
      { Role: 'arn:aws:iam::123456789012:role/elsewhere' },
      /its role arn:aws:iam::123456789012:role\/elsewhere is not in the application/,
    ],
    ['text in place of a number', { Timeout: 'soon' }, /its Timeout is "soon"/],
    ['an unknown intrinsic function', { Timeout: { 'Fn::Guess': 3 } }, /it uses Fn::Guess, which is not known here/],
    ['a reference to nothing', { Timeout: { Ref: 'Nothing' } }, /it refers to Nothing, which is not in the template/],
  ])('names %s', (_, properties, problem) => {
    expect(problemsOf(aChat({ Resources: aFunction(properties) }))).toEqual([expect.stringMatching(problem)]);
  });

  it.each([
    [
      'an authorizer that is not on $connect',
      { AuthorizationType: 'CUSTOM' },
      /restricted to the \$connect route only/,
    ],
    [
      'IAM authorization that is not on $connect',
      { AuthorizationType: 'AWS_IAM' },
      /restricted to the \$connect route only/,
    ],
    [
      'authorization by JWT',
      { RouteKey: '$connect', AuthorizationType: 'JWT' },
      /its authorization is JWT, which WebSocket APIs do not have/,
    ],
    ['an API key', { ApiKeyRequired: true }, /API key/],
    ['an integration that is missing', { Target: 'integrations/none' }, /it leads to none/],
  ])('names %s on a route', (_, properties, problem) => {
    const Route = {
      Type: 'AWS::ApiGatewayV2::Route',
      Properties: { ApiId: { Ref: 'Api' }, RouteKey: 'send', ...properties },
    };
    expect(problemsOf(aChat({ Resources: { Route } }))).toEqual([expect.stringMatching(problem)]);
  });

  it.each([
    [
      'a stream as event source',
      { EventSourceArn: 'arn:aws:dynamodb:us-east-1:123456789012:table/a/stream/b' },
      /only SQS queues are read/,
    ],
    ['a large batch without a window', { BatchSize: 100 }, /AWS refuses its batch size of 100/],
    ['a filter', { FilterCriteria: { Filters: [] } }, /its FilterCriteria is not imitated/],
  ])('names %s', (_, properties, problem) => {
    const Source = {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: { EventSourceArn: { 'Fn::GetAtt': ['Queue', 'Arn'] }, FunctionName: { Ref: 'Echo' }, ...properties },
    };
    expect(problemsOf(aChat({ Resources: { Queue: QUEUE, Source } }))).toEqual([expect.stringMatching(problem)]);
  });

  it('names a queue that hands a record out again while its function still works on it', () => {
    const Queue = { ...QUEUE, Properties: { VisibilityTimeout: 29 } };
    const Source = {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: { EventSourceArn: { 'Fn::GetAtt': ['Queue', 'Arn'] }, FunctionName: { Ref: 'Echo' } },
    };
    const problems = (Timeout: number) =>
      problemsOf(aChat({ Resources: { ...aFunction({ Timeout }), Queue, Source } }));
    expect(problems(30)).toEqual([
      "Source: AWS refuses a queue whose visibility timeout (29 s) is less than its function's timeout (30 s)",
    ]);
    expect(problems(29)).toEqual([]);
  });

  it('names an API that has no stage, and not the permissions of its integrations', () => {
    const Stage = { Type: 'AWS::ApiGatewayV2::Stage', Condition: 'Never', Properties: { ApiId: { Ref: 'Api' } } };
    const Conditions = { Never: { 'Fn::Equals': ['a', 'b'] } };
    expect(problemsOf(aChat({ Conditions, Resources: { Stage } }))).toEqual([
      'Api: it has no stage, so that nobody can connect',
    ]);
  });

  it('leaves out a function that cannot be run where nothing leads to it', () => {
    const Provider = { Type: 'AWS::Lambda::Function', Properties: { Runtime: 'python3.13', Code: { S3Key: 'none' } } };
    expect(read(aChat({ Resources: { Provider } })).application.functions.map(({ logicalId }) => logicalId)).toEqual([
      'Echo',
    ]);
  });

  it('refuses a folder that is no cloud assembly and one without a WebSocket API', () => {
    expect(() => readApplication({ cdkOut: 'no-such-folder', sqsUrl: '' })).toThrow(
      /no-such-folder is not a synthesized CDK application \(it has no manifest\.json\): run "npx cdk synth" first/,
    );
    expect(() => read({ Resources: { Queue: QUEUE } })).toThrow(
      'Chat has no WebSocket API, so there is nothing to run',
    );
  });
});
