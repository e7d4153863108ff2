import { describe, expect, it } from '@jest/globals';
import { ANSWERING, type AnAssembly, aChat } from '../an-assembly.ts';
import { problemsOf, read } from '../read-for-test.ts';

/** A resource of the chat's API. */
const ofApi = (type: string, properties: Readonly<Record<string, unknown>>) => ({
  Type: `AWS::ApiGatewayV2::${type}`,
  Properties: { ApiId: { Ref: 'Api' }, ...properties },
});
const INVOKING = { IntegrationType: 'AWS_PROXY', IntegrationUri: { 'Fn::GetAtt': ['Echo', 'Arn'] } };
const INVITING = {
  Action: 'lambda:InvokeFunction',
  FunctionName: { Ref: 'Echo' },
  Principal: 'apigateway.amazonaws.com',
};
const permission = (properties: Readonly<Record<string, unknown>>) => ({
  Permission: { Type: 'AWS::Lambda::Permission', Properties: { ...INVITING, ...properties } },
});

describe('readApis', () => {
  it('reads the targets of a custom domain name', () => {
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

  it('refuses a custom domain name that several APIs share', () => {
    const mapping = (ApiId: unknown) => ({
      Type: 'AWS::ApiGatewayV2::ApiMapping',
      Properties: { ApiId, DomainName: 'ws.example.com', Stage: 'production', ApiMappingKey: 'x' },
    });
    const Other = { Type: 'AWS::ApiGatewayV2::Api', Properties: { ProtocolType: 'WEBSOCKET' } };
    const OtherStage = {
      Type: 'AWS::ApiGatewayV2::Stage',
      Properties: { ApiId: { Ref: 'Other' }, StageName: 'production', AutoDeploy: true },
    };
    const Resources = { Other, OtherStage, One: mapping({ Ref: 'Api' }), Two: mapping({ Ref: 'Other' }) };
    const shared = 'ws.example.com belongs to another API too, but each API has its own port here';
    expect(problemsOf(aChat({ Resources }))).toEqual([`One: ${shared}`, `Two: ${shared}`]);
    expect(problemsOf(aChat({ Resources }), { ignore: ['One'] })).toEqual([]);
  });

  it('reads IAM authorization of $connect', () => {
    const Route = {
      Type: 'AWS::ApiGatewayV2::Route',
      Properties: { ApiId: { Ref: 'Api' }, RouteKey: '$connect', AuthorizationType: 'AWS_IAM' },
    };
    const { application } = read(aChat({ Resources: { Route } }));
    expect(application.apis[0]?.routes).toEqual([{ routeKey: '$connect', iamAuthorization: true, twoWay: false }]);
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
    ['an integration that is missing', { Target: 'integrations/none' }, /it refers to none/],
  ])('names %s on a route', (_, properties, problem) => {
    const Route = {
      Type: 'AWS::ApiGatewayV2::Route',
      Properties: { ApiId: { Ref: 'Api' }, RouteKey: 'send', ...properties },
    };
    expect(problemsOf(aChat({ Resources: { Route } }))).toEqual([expect.stringMatching(problem)]);
  });

  it('reports an API without a stage, but not the permissions of its integrations', () => {
    const Stage = { Type: 'AWS::ApiGatewayV2::Stage', Condition: 'Never', Properties: { ApiId: { Ref: 'Api' } } };
    const Conditions = { Never: { 'Fn::Equals': ['a', 'b'] } };
    expect(problemsOf(aChat({ Conditions, Resources: { Stage } }))).toEqual([
      'Api: it has no stage, so no client can connect',
    ]);
  });

  it.each([
    ['has no deployment', {}, 1],
    ['has a deployment of another stage beside it', { Deployment: ofApi('Deployment', { StageName: 'staging' }) }, 1],
    ['a deployment names', { Deployment: ofApi('Deployment', { StageName: 'production' }) }, 0],
    ['has a deployment', { Stage: ofApi('Stage', { StageName: 'production', DeploymentId: 'abc' }) }, 0],
    ['deploys itself', { Stage: ofApi('Stage', { StageName: 'production', AutoDeploy: 'true' }) }, 0],
  ])('warns of a stage that %s if AWS would refuse every client', (_, resources, count) => {
    const Resources = { Stage: ofApi('Stage', { StageName: 'production', AutoDeploy: false }), ...resources };
    expect(read(aChat({ Resources })).notices).toEqual(
      Array(count).fill(
        'the stage production (Stage) would answer every client with 403 on AWS until it is deployed by hand: give it AutoDeploy or a DeploymentId',
      ),
    );
  });

  it('reads the timeout of an integration', () => {
    const Integration = ofApi('Integration', { ...INVOKING, TimeoutInMillis: 50 });
    const { application } = read(aChat({ Resources: { Integration } }));
    expect(application.apis[0]?.routes[0]?.integration).toMatchObject({ timeoutMs: 50 });
  });

  it.each([
    ['both the expression and the response', ANSWERING, true],
    ['the expression alone', { Route: ANSWERING.Route }, false],
    ['the response alone', { Response: ANSWERING.Response }, false],
  ])('knows whether a route with %s answers', (_, Resources, twoWay) => {
    expect(read(aChat({ Resources })).application.apis[0]?.routes[0]?.twoWay).toBe(twoWay);
  });

  it.each([
    [
      'reads the throttling of',
      { ThrottlingRateLimit: 5, ThrottlingBurstLimit: 0 },
      { rateLimit: 5, burstLimit: 0 },
      [],
    ],
    ['names a rate without a burst of', { ThrottlingRateLimit: 5 }, undefined, [/a rate or a burst without the other/]],
    [
      'names a burst without a rate of',
      { ThrottlingBurstLimit: 5 },
      undefined,
      [/a rate or a burst without the other/],
    ],
  ])('%s a stage', (_, DefaultRouteSettings, throttle, problems) => {
    const Stage = ofApi('Stage', { StageName: 'production', AutoDeploy: true, DefaultRouteSettings });
    const chat = aChat({ Resources: { Stage } });
    expect(problemsOf(chat)).toEqual(problems.map((problem) => expect.stringMatching(problem)));
    if (throttle) expect(read(chat).application.apis[0]?.stages[0]?.throttle).toEqual(throttle);
  });

  it.each([
    [
      'throttling of single routes',
      { Stage: ofApi('Stage', { StageName: 'production', RouteSettings: { send: { ThrottlingRateLimit: 1 } } }) },
      'Stage: it throttles single routes, which is not supported here',
    ],
    [
      'a second stage with the same name',
      { Again: ofApi('Stage', { StageName: 'production', AutoDeploy: true }) },
      'Again: AWS refuses it: its API has another stage production',
    ],
    [
      'a second route with the same key',
      { Again: ofApi('Route', { RouteKey: '$default' }) },
      'Again: AWS refuses it: "Route with key $default already exists for this API"',
    ],
    [
      'an OpenAPI document',
      {
        Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { ProtocolType: 'WEBSOCKET', Body: { openapi: '3.0.1' } } },
      },
      'Api: it is imported from an OpenAPI document',
    ],
    [
      'a default endpoint that is disabled',
      {
        Api: {
          Type: 'AWS::ApiGatewayV2::Api',
          Properties: { ProtocolType: 'WEBSOCKET', DisableExecuteApiEndpoint: true },
        },
      },
      'Api: its DisableExecuteApiEndpoint is not supported: AWS answers 403 on the default endpoint, which is open here',
    ],
    [
      'a conversion of messages',
      { Integration: ofApi('Integration', { ...INVOKING, ContentHandlingStrategy: 'CONVERT_TO_BINARY' }) },
      'Integration: its ContentHandlingStrategy is not supported here',
    ],
    [
      'a conversion of answers',
      {
        Integration: ofApi('Integration', { IntegrationType: 'MOCK' }),
        Answer: ofApi('IntegrationResponse', {
          IntegrationId: { Ref: 'Integration' },
          ContentHandlingStrategy: 'CONVERT_TO_TEXT',
        }),
      },
      'Answer: its ContentHandlingStrategy is not supported here',
    ],
    [
      'parameters of a mock’s answers',
      {
        Integration: ofApi('Integration', { IntegrationType: 'MOCK' }),
        Answer: ofApi('IntegrationResponse', {
          IntegrationId: { Ref: 'Integration' },
          ResponseParameters: { 'route.response.header.a': "'b'" },
        }),
      },
      'Answer: its ResponseParameters is not supported here',
    ],
    ...['NEVER', 'WHEN_NO_TEMPLATES'].map(
      (PassthroughBehavior): [string, Required<AnAssembly>['Resources'], string] => [
        `a mock that passes on ${PassthroughBehavior}`,
        { Integration: ofApi('Integration', { IntegrationType: 'MOCK', PassthroughBehavior }) },
        `Integration: its PassthroughBehavior ${PassthroughBehavior} is not supported: a message that matches no template is passed on here`,
      ],
    ),
    ...[49, 29_001].map((TimeoutInMillis): [string, Required<AnAssembly>['Resources'], string] => [
      `a timeout of ${TimeoutInMillis} ms`,
      { Integration: ofApi('Integration', { ...INVOKING, TimeoutInMillis }) },
      `Integration: AWS refuses its TimeoutInMillis of ${TimeoutInMillis}`,
    ]),
    [
      'parameters that a route asks for',
      {
        Route: ofApi('Route', {
          RouteKey: '$connect',
          RequestParameters: { 'route.request.querystring.room': { Required: true } },
        }),
      },
      'Route: its RequestParameters is not supported here',
    ],
    [
      'a route response that is not $default',
      { Response: ofApi('RouteResponse', { RouteId: { Ref: 'Route' }, RouteResponseKey: 'done' }) },
      'Response: its RouteResponseKey is done, and AWS supports only $default',
    ],
    [
      'a route response that is selected',
      { Route: ofApi('Route', { RouteKey: 'send', RouteResponseSelectionExpression: '$response.body.kind' }) },
      'Route: its RouteResponseSelectionExpression is $response.body.kind, and AWS supports only $default',
    ],
    [
      'an authorizer by JWT',
      {
        Guard: ofApi('Authorizer', { AuthorizerType: 'JWT', AuthorizerUri: { 'Fn::GetAtt': ['Echo', 'Arn'] } }),
        Route: ofApi('Route', { RouteKey: '$connect', AuthorizationType: 'CUSTOM', AuthorizerId: { Ref: 'Guard' } }),
      },
      'Guard: its AuthorizerType is JWT, and a WebSocket API has only REQUEST',
    ],
  ])('names %s', (_, Resources, problem) => {
    expect(problemsOf(aChat({ Resources }))).toEqual([problem]);
  });

  it('accepts empty properties and default values', () => {
    const Resources = {
      Integration: ofApi('Integration', { IntegrationType: 'MOCK', PassthroughBehavior: 'WHEN_NO_MATCH' }),
      Route: ofApi('Route', {
        RouteKey: '$default',
        Target: { 'Fn::Sub': 'integrations/${Integration}' },
        RequestParameters: {},
        RouteResponseSelectionExpression: '\\$default',
      }),
    };
    expect(problemsOf(aChat({ Resources }))).toEqual([]);
  });

  it.each([
    ['for another function', { FunctionName: 'other' }],
    ['for another service', { Principal: 'sns.amazonaws.com' }],
    ['for another API', { SourceArn: 'arn:aws:execute-api:us-east-1:123456789012:other/*' }],
    ['for another account', { SourceAccount: '210987654321' }],
    ['for another action', { Action: 'lambda:GetFunction' }],
  ])('refuses a function that API Gateway may not invoke, with a permission %s', (_, properties) => {
    expect(problemsOf(aChat({ Resources: permission(properties) }))).toEqual([
      'Integration: API Gateway may not invoke Chat-Echo for it, so every event would fail on AWS',
    ]);
  });

  it.each([
    [
      'names credentials that do not allow it',
      'lambda:GetFunction',
      ['Echo', 'Arn'],
      [/the role Caller, do not allow/],
    ],
    ['takes credentials that allow it', 'lambda:Invoke*', ['Echo', 'Arn'], []],
    [
      'names credentials for another function',
      'lambda:InvokeFunction',
      ['Role', 'Arn'],
      [/on Chat-Echo, so every event/],
    ],
  ])('%s, without a permission of the function', (_, Action, attribute, problems) => {
    const Statement = { Effect: 'Allow', Action, Resource: { 'Fn::GetAtt': attribute } };
    const Resources = {
      ...permission({ Principal: 'sns.amazonaws.com' }),
      Caller: { Type: 'AWS::IAM::Role', Properties: { Policies: [{ PolicyDocument: { Statement } }] } },
      Integration: ofApi('Integration', { ...INVOKING, CredentialsArn: { 'Fn::GetAtt': ['Caller', 'Arn'] } }),
    };
    expect(problemsOf(aChat({ Resources }))).toEqual(problems.map((problem) => expect.stringMatching(problem)));
  });

  it.each([
    ['every API', {}],
    ['every action', { Action: 'lambda:*' }],
    ['its own account', { SourceAccount: { Ref: 'AWS::AccountId' } }],
  ])('accepts a permission for %s', (_, properties) => {
    expect(problemsOf(aChat({ Resources: permission(properties) }))).toEqual([]);
  });

  it.each([
    ['cn-north-1', 'aws-cn'],
    ['us-gov-west-1', 'aws-us-gov'],
    ['eusc-de-east-1', 'aws-eusc'],
  ])('expects a permission for an API in %s to name the partition %s', (region, partition) => {
    const chat = (permitted: string) =>
      aChat({
        environment: `aws://123456789012/${region}`,
        Resources: permission({
          SourceArn: { 'Fn::Sub': `arn:${permitted}:execute-api:${region}:123456789012:\${Api}/*` },
        }),
      });
    expect(problemsOf(chat(partition))).toEqual([]);
    expect(problemsOf(chat('${AWS::Partition}'))).toEqual([]);
    expect(problemsOf(chat('aws'))).toEqual([expect.stringMatching(/^Integration: API Gateway may not invoke/)]);
  });
});
