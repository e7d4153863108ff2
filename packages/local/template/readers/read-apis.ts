import { MAX_INTEGRATION_MS } from '../../../../schemas/quotas.ts';
import type { ApiMapping, Integration, Route, Stage, WebSocketApi } from '../../model/application.ts';
import { checkBounds, ofType, type Resource, refuseProperties } from '../assembly/open-resource.ts';
import { type CheckPermissionOptions, checkPermission, invokedFunctionArn } from './check-permission.ts';
import { readModelValidation } from './read-model-validation.ts';

export type ReadApisOptions = CheckPermissionOptions;

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigatewayv2-integration.html */
const INTEGRATION_BOUNDS = { TimeoutInMillis: [50, MAX_INTEGRATION_MS] } as const;

/** The WebSocket APIs of an application, each with its stages, routes, integrations and authorizers. */
export const readApis = (options: ReadApisOptions): readonly WebSocketApi[] => {
  const { resources } = options;
  const apis = ofType(resources, 'AWS::ApiGatewayV2::Api').filter(isWebSocketApi);
  return apis.map((api): WebSocketApi => {
    if (api.property('Body') ?? api.property('BodyS3Location')) {
      api.problem('it is imported from an OpenAPI document', 'Declare its routes in the CDK');
    }
    if (api.flag('DisableExecuteApiEndpoint')) {
      api.problem(
        'its DisableExecuteApiEndpoint is not supported: AWS answers 403 on the default endpoint, which is open here',
        'Keep the default endpoint enabled in the local run',
      );
    }
    const own = (type: string) => ofType(resources, type).filter((resource) => resource.text('ApiId') === api.ref);
    if (own('AWS::ApiGatewayV2::Stage').length === 0) {
      api.problem('it has no stage, so no client can connect', 'Declare one: WebSocketStage in the CDK');
    }
    refuseRepeated(own('AWS::ApiGatewayV2::Stage'), 'StageName', (name) => `its API has another stage ${name}`);
    refuseRepeated(
      own('AWS::ApiGatewayV2::Route'),
      'RouteKey',
      (key) => `"Route with key ${key} already exists for this API"`,
    );
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

/** If two resources have the same name, AWS creates the first and refuses the second. */
const refuseRepeated = (resources: readonly Resource[], property: string, refusal: (name: string) => string): void => {
  const names = new Set<string | undefined>();
  for (const resource of resources) {
    const name = resource.text(property);
    if (name !== undefined && names.has(name)) {
      resource.problem(`AWS refuses it: ${refusal(name)}`, `Remove one of the two, or give it another ${property}`);
    }
    names.add(name);
  }
};

const readStage = (stage: Resource): Stage => {
  const { ThrottlingRateLimit: rateLimit, ThrottlingBurstLimit: burstLimit } = stage.record('DefaultRouteSettings');
  if ((rateLimit === undefined) !== (burstLimit === undefined)) {
    stage.problem('its throttling has a rate or a burst without the other, so AWS refuses every request', 'Set both');
  }
  if (Object.keys(stage.record('RouteSettings')).length > 0) {
    stage.problem(
      'it throttles single routes, which is not supported here',
      'Throttle the stage: DefaultRouteSettings',
    );
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
      `${domainName} belongs to another API too, but each API has its own port here`,
      `Run without the mapping: --ignore ${mapping.logicalId}`,
    );
  }
  return { domainName, basePath: mapping.text('ApiMappingKey') ?? '', stageName: mapping.text('Stage') ?? '' };
};

const readRoute = (route: Resource, options: ReadApisOptions): Route => {
  const routeKey = route.text('RouteKey') ?? '';
  if (route.flag('ApiKeyRequired'))
    route.problem('it requires an API key, which is not supported here', 'Use an authorizer');
  const target = /^integrations\/(.+)$/.exec(route.text('Target') ?? '')?.[1];
  const integration = target === undefined ? undefined : find(route, 'AWS::ApiGatewayV2::Integration', target, options);
  const validation = readModelValidation(route, options.resources);
  refuseProperties(route, ['RequestParameters']);
  return {
    routeKey,
    ...(integration && withIntegration(integration, routeKey, options)),
    ...readAuthorization(route, routeKey, options),
    ...(validation && { validation }),
    twoWay: isTwoWay(route, options),
  };
};

/**
 * A route answers only if it has both the expression and the response. For each, AWS supports only `$default`.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-route-response.html
 */
const isTwoWay = (route: Resource, { resources }: ReadApisOptions): boolean => {
  const responses = ofType(resources, 'AWS::ApiGatewayV2::RouteResponse').filter(
    (response) => response.text('RouteId') === route.ref,
  );
  for (const response of responses) refuseAllButDefault(response, 'RouteResponseKey');
  refuseAllButDefault(route, 'RouteResponseSelectionExpression');
  return responses.length > 0 && route.property('RouteResponseSelectionExpression') !== undefined;
};

const refuseAllButDefault = (resource: Resource, property: string): void => {
  const value = resource.text(property) ?? '$default';
  if (value.replace(/^\\/, '') === '$default') return; // an expression may escape the dollar sign
  resource.problem(`its ${property} is ${value}, and AWS supports only $default`, 'Make it $default');
};

const find = (route: Resource, type: string, ref: string, { resources }: ReadApisOptions): Resource | undefined => {
  const target = ofType(resources, type).find((resource) => resource.ref === ref);
  if (!target) route.problem(`it refers to ${ref}, which is not in the application`, `Declare an ${type} for it`);
  return target;
};

const withIntegration = (
  resource: Resource,
  routeKey: string,
  options: ReadApisOptions,
): { integration?: Integration } => {
  const type = resource.text('IntegrationType');
  const responses = ofType(options.resources, 'AWS::ApiGatewayV2::IntegrationResponse').filter(
    (response) => response.text('IntegrationId') === resource.ref,
  );
  checkBounds(resource, INTEGRATION_BOUNDS);
  for (const converting of [resource, ...responses]) refuseProperties(converting, ['ContentHandlingStrategy']);
  if (type === 'MOCK') return { integration: readMock(resource, responses) };
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

/** The sources of a route's invocations, one for each stage. */
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

const readMock = (integration: Resource, responses: readonly Resource[]): Integration => {
  const passthrough = integration.text('PassthroughBehavior') ?? 'WHEN_NO_MATCH';
  if (passthrough !== 'WHEN_NO_MATCH') {
    integration.problem(
      `its PassthroughBehavior ${passthrough} is not supported: a message that matches no template is passed on here`,
      'Use WHEN_NO_MATCH in the local run',
    );
  }
  for (const response of responses) refuseProperties(response, ['ResponseParameters']);
  return {
    type: 'mock',
    ...selection(integration),
    requestTemplates: templates(integration.record('RequestTemplates')),
    responses: responses.map((response) => ({
      key: response.text('IntegrationResponseKey') ?? '$default',
      ...selection(response),
      responseTemplates: templates(response.record('ResponseTemplates')),
    })),
  };
};

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
  const type = authorizer.text('AuthorizerType');
  if (type !== 'REQUEST') {
    authorizer.problem(`its AuthorizerType is ${type}, and a WebSocket API has only REQUEST`, 'Make it REQUEST');
  }
  checkPermission(authorizer, functionName, [`/authorizers/${authorizer.ref}`], options);
  const identitySources = authorizer.list('IdentitySource').map(String);
  return { authorizer: { logicalId: authorizer.logicalId, functionName, identitySources } };
};
