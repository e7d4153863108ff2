import { MAX_INTEGRATION_MS } from '../../schemas/quotas.ts';
import type { ApiMapping, Integration, Route, Stage, WebSocketApi } from '../application.ts';
import { matchesPattern } from '../iam/matches-pattern.ts';
import { invokedFunctionArn } from './invoked-function-arn.ts';
import { ofType, type Resource } from './open-resource.ts';
import { readModelValidation } from './read-model-validation.ts';
import type { Place } from './resource-identity.ts';

export interface ReadApisOptions {
  resources: readonly Resource[];
  place: Place;
  /** The function of an ARN; `undefined` where the application has none of that ARN. */
  functionNameOf(arn: string): string | undefined;
}

/** The WebSocket APIs of an application, each with its stages, routes, integrations and authorizers. */
export const readApis = (options: ReadApisOptions): readonly WebSocketApi[] => {
  const { resources } = options;
  const apis = ofType(resources, 'AWS::ApiGatewayV2::Api').filter(isWebSocketApi);
  return apis.map((api): WebSocketApi => {
    if (api.property('Body') ?? api.property('BodyS3Location')) {
      api.problem('it is imported from an OpenAPI document', 'Declare its routes in the CDK');
    }
    const own = (type: string) => ofType(resources, type).filter((resource) => resource.text('ApiId') === api.ref);
    if (own('AWS::ApiGatewayV2::Stage').length === 0) {
      api.problem('it has no stage, so that nobody can connect', 'Declare one: WebSocketStage in the CDK');
    }
    return {
      logicalId: api.logicalId,
      apiId: api.ref,
      name: api.text('Name') ?? api.logicalId,
      routeSelectionExpression: api.text('RouteSelectionExpression') ?? '$request.body.action',
      stages: own('AWS::ApiGatewayV2::Stage').map(readStage),
      routes: own('AWS::ApiGatewayV2::Route').map((route) => readRoute(route, options)),
      mappings: own('AWS::ApiGatewayV2::ApiMapping').map((mapping) => readMapping(mapping, resources)),
    };
  });
};

const isWebSocketApi = (api: Resource): boolean => {
  if (api.text('ProtocolType') === 'WEBSOCKET') return true;
  api.problem('it is an HTTP API, and only WebSocket APIs are run', `Run without it: --ignore ${api.logicalId}`);
  return false;
};

const readStage = (stage: Resource): Stage => {
  const { ThrottlingRateLimit: rateLimit, ThrottlingBurstLimit: burstLimit } = stage.record('DefaultRouteSettings');
  if ((rateLimit === undefined) !== (burstLimit === undefined)) {
    stage.problem(
      'its throttling has a rate or a burst without the other, so that AWS refuses every request',
      'Set both',
    );
  }
  if (Object.keys(stage.record('RouteSettings')).length > 0) {
    stage.problem('it throttles single routes, which is not imitated', 'Throttle the stage: DefaultRouteSettings');
  }
  return {
    name: stage.ref,
    variables: Object.fromEntries(
      Object.entries(stage.record('StageVariables')).map(([name, value]) => [name, String(value)]),
    ),
    ...(rateLimit !== undefined &&
      burstLimit !== undefined && { throttle: { rateLimit: Number(rateLimit), burstLimit: Number(burstLimit) } }),
  };
};

const readMapping = (mapping: Resource, resources: readonly Resource[]): ApiMapping => {
  const domainName = (mapping.text('DomainName') ?? '').toLowerCase();
  const isShared = ofType(resources, 'AWS::ApiGatewayV2::ApiMapping').some(
    (other) => other.text('DomainName')?.toLowerCase() === domainName && other.text('ApiId') !== mapping.text('ApiId'),
  );
  if (isShared) {
    mapping.problem(
      `${domainName} leads to another API too, and each API has a port of its own here`,
      `Run without the mapping: --ignore ${mapping.logicalId}`,
    );
  }
  return { domainName, basePath: mapping.text('ApiMappingKey') ?? '', stageName: mapping.text('Stage') ?? '' };
};

const readRoute = (route: Resource, options: ReadApisOptions): Route => {
  const routeKey = route.text('RouteKey') ?? '';
  if (route.flag('ApiKeyRequired')) route.problem('it asks for an API key, which is not imitated', 'Use an authorizer');
  const target = /^integrations\/(.+)$/.exec(route.text('Target') ?? '')?.[1];
  const integration = target === undefined ? undefined : find(route, 'AWS::ApiGatewayV2::Integration', target, options);
  const validation = readModelValidation(route, options.resources);
  const responses = ofType(options.resources, 'AWS::ApiGatewayV2::RouteResponse').some(
    (response) => response.text('RouteId') === route.ref,
  );
  return {
    routeKey,
    ...(integration && withIntegration(integration, routeKey, options)),
    ...readAuthorization(route, routeKey, options),
    ...(validation && { validation }),
    twoWay: responses && route.property('RouteResponseSelectionExpression') !== undefined,
  };
};

const find = (route: Resource, type: string, ref: string, { resources }: ReadApisOptions): Resource | undefined => {
  const found = ofType(resources, type).find((resource) => resource.ref === ref);
  if (!found) route.problem(`it leads to ${ref}, which is not in the application`, `Declare an ${type} for it`);
  return found;
};

const withIntegration = (
  resource: Resource,
  routeKey: string,
  options: ReadApisOptions,
): { integration?: Integration } => {
  const type = resource.text('IntegrationType');
  if (type === 'MOCK') return { integration: readMock(resource, options) };
  if (type !== 'AWS_PROXY') {
    resource.problem(
      `its integration is of the type ${type}, and only AWS_PROXY and MOCK are run`,
      'Use a Lambda function',
    );
    return {};
  }
  const functionName = invokedFunction(resource, 'IntegrationUri', options);
  if (functionName !== undefined) {
    checkPermission(resource, functionName, routeSources(resource, routeKey, options), options);
  }
  return functionName === undefined
    ? {}
    : {
        integration: {
          type: 'lambda',
          functionName,
          timeoutMs: resource.number('TimeoutInMillis') ?? MAX_INTEGRATION_MS,
        },
      };
};

/** The function behind an integration or an authorizer. */
const invokedFunction = (resource: Resource, uriProperty: string, options: ReadApisOptions): string | undefined => {
  const arn = invokedFunctionArn(resource.text(uriProperty));
  const functionName = arn === undefined ? undefined : options.functionNameOf(arn);
  if (functionName === undefined) {
    resource.problem(
      'it invokes a function that is not in the application',
      'Declare the function in the same application',
    );
  }
  return functionName;
};

/**
 * A function must permit API Gateway to invoke it, or the integration brings credentials of its own. CDK's constructs see
 * to it; who declares resources one by one forgets it, deploys, and every event fails.
 * @param sources What invokes it, one of them is enough: `/production/$connect`, `/authorizers/{id}`.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-control-access-iam.html
 */
const checkPermission = (
  invoking: Resource,
  functionName: string,
  sources: readonly string[],
  options: ReadApisOptions,
): void => {
  const { resources, functionNameOf, place } = options;
  if (invoking.property('CredentialsArn') !== undefined || invoking.property('AuthorizerCredentialsArn') !== undefined)
    return;
  if (sources.length === 0) return; // of an API without a stage, which is named itself
  const api = `arn:aws:execute-api:${place.region}:${place.accountId}:${invoking.text('ApiId')}`;
  const isPermitted = ofType(resources, 'AWS::Lambda::Permission').some((permission) => {
    const named = permission.text('FunctionName') ?? '';
    return (
      permission.text('Principal') === 'apigateway.amazonaws.com' &&
      functionNameOf(invokedFunctionArn(named) ?? named) === functionName &&
      sources.some((source) => matchesPattern(permission.text('SourceArn') ?? '*', api + source))
    );
  });
  if (isPermitted) return;
  invoking.problem(
    `API Gateway may not invoke ${functionName} for it, so that on AWS every event of it would fail`,
    'Add an AWS::Lambda::Permission for apigateway.amazonaws.com',
  );
};

/** What a route invokes its function from, one for each stage. */
const routeSources = (integration: Resource, routeKey: string, { resources }: ReadApisOptions): readonly string[] =>
  ofType(resources, 'AWS::ApiGatewayV2::Stage')
    .filter((stage) => stage.text('ApiId') === integration.text('ApiId'))
    .map((stage) => `/${stage.ref}/${routeKey}`);

const templates = (templates: Readonly<Record<string, unknown>>): Record<string, string> =>
  Object.fromEntries(Object.entries(templates).map(([name, template]) => [name, String(template)]));

const selection = (resource: Resource): { templateSelectionExpression?: string } => {
  const expression = resource.text('TemplateSelectionExpression');
  return expression === undefined ? {} : { templateSelectionExpression: expression };
};

const readMock = (integration: Resource, { resources }: ReadApisOptions): Integration => ({
  type: 'mock',
  ...selection(integration),
  requestTemplates: templates(integration.record('RequestTemplates')),
  responses: ofType(resources, 'AWS::ApiGatewayV2::IntegrationResponse')
    .filter((response) => response.text('IntegrationId') === integration.ref)
    .map((response) => ({
      key: response.text('IntegrationResponseKey') ?? '$default',
      ...selection(response),
      responseTemplates: templates(response.record('ResponseTemplates')),
    })),
});

type Authorization = Pick<Route, 'authorizer' | 'iamAuthorization'>;

const readAuthorization = (route: Resource, routeKey: string, options: ReadApisOptions): Authorization => {
  const type = route.text('AuthorizationType') ?? 'NONE';
  if (type === 'NONE') return {};
  if (routeKey !== '$connect') {
    route.problem(
      `AWS refuses its authorizer: "Currently, authorization is restricted to the $connect route only"`,
      'Put the authorizer on $connect; its context comes with every later event',
    );
    return {};
  }
  if (type === 'AWS_IAM') return { iamAuthorization: true };
  if (type === 'CUSTOM') return readAuthorizer(route, options);
  route.problem(`its authorization is ${type}, which WebSocket APIs do not have`, 'Use AWS_IAM or a Lambda authorizer');
  return {};
};

const readAuthorizer = (route: Resource, options: ReadApisOptions): Authorization => {
  const authorizer = find(route, 'AWS::ApiGatewayV2::Authorizer', route.text('AuthorizerId') ?? '', options);
  const functionName = authorizer && invokedFunction(authorizer, 'AuthorizerUri', options);
  if (!authorizer || functionName === undefined) return {};
  checkPermission(authorizer, functionName, [`/authorizers/${authorizer.ref}`], options);
  const identitySources = authorizer.list('IdentitySource').map(String);
  return { authorizer: { logicalId: authorizer.logicalId, functionName, identitySources } };
};
