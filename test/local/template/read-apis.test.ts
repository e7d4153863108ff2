import { describe, expect, it } from '@jest/globals';
import { aChat } from './an-assembly.ts';
import { problemsOf, read } from './read-for-test.ts';

describe('readApis', () => {
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

  it('names a custom domain name that several APIs share', () => {
    const mapping = (ApiId: unknown) => ({
      Type: 'AWS::ApiGatewayV2::ApiMapping',
      Properties: { ApiId, DomainName: 'ws.example.com', Stage: 'production', ApiMappingKey: 'x' },
    });
    const Other = { Type: 'AWS::ApiGatewayV2::Api', Properties: { ProtocolType: 'WEBSOCKET' } };
    const OtherStage = {
      Type: 'AWS::ApiGatewayV2::Stage',
      Properties: { ApiId: { Ref: 'Other' }, StageName: 'production' },
    };
    const Resources = { Other, OtherStage, One: mapping({ Ref: 'Api' }), Two: mapping({ Ref: 'Other' }) };
    const shared = 'ws.example.com leads to another API too, and each API has a port of its own here';
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
    ['an integration that is missing', { Target: 'integrations/none' }, /it leads to none/],
  ])('names %s on a route', (_, properties, problem) => {
    const Route = {
      Type: 'AWS::ApiGatewayV2::Route',
      Properties: { ApiId: { Ref: 'Api' }, RouteKey: 'send', ...properties },
    };
    expect(problemsOf(aChat({ Resources: { Route } }))).toEqual([expect.stringMatching(problem)]);
  });

  it('names an API that has no stage, and not the permissions of its integrations', () => {
    const Stage = { Type: 'AWS::ApiGatewayV2::Stage', Condition: 'Never', Properties: { ApiId: { Ref: 'Api' } } };
    const Conditions = { Never: { 'Fn::Equals': ['a', 'b'] } };
    expect(problemsOf(aChat({ Conditions, Resources: { Stage } }))).toEqual([
      'Api: it has no stage, so that nobody can connect',
    ]);
  });
});
