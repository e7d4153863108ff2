import { Stack } from 'aws-cdk-lib';
import {
  type CfnIntegration,
  CfnIntegrationResponse,
  type WebSocketIntegration,
  WebSocketIntegrationType,
  type WebSocketRoute,
  WebSocketRouteIntegration,
  type WebSocketRouteIntegrationBindOptions,
  type WebSocketRouteIntegrationConfig,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { WebSocketMockIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { MockOptions } from './route-options.ts';

const ID = 'Integration';

/** CDK's Lambda integration without a permission for each route: `HandlerFunction` has one for all routes. */
export class FunctionIntegration extends WebSocketRouteIntegration {
  readonly #handler: IFunction;

  constructor(handler: IFunction) {
    super(ID);
    this.#handler = handler;
  }

  override bind({ route }: WebSocketRouteIntegrationBindOptions): WebSocketRouteIntegrationConfig {
    const uri = Stack.of(route).formatArn({
      service: 'apigateway',
      account: 'lambda',
      resource: 'path/2015-03-31/functions',
      resourceName: `${this.#handler.functionArn}/invocations`,
    });
    return { type: WebSocketIntegrationType.AWS_PROXY, uri };
  }
}

/** The key of the only template. A selection expression without `$` selects the template with the same key. */
const TEMPLATE = '200';

/** CDK's mock integration with an integration response, which API Gateway needs and CDK does not add. */
export class MockIntegration extends WebSocketMockIntegration {
  readonly #reply: string | undefined;

  constructor({ reply }: MockOptions) {
    super(ID);
    this.#reply = reply;
  }

  /** Adds the response. Call it after the route was made with this integration. */
  addResponse(route: WebSocketRoute): void {
    const integration = route.node.findChild(ID) as WebSocketIntegration;
    // Sets the properties of the resource, because the integration of an older CDK has no options for them.
    const resource = integration.node.defaultChild as CfnIntegration;
    resource.requestTemplates = { [TEMPLATE]: '{"statusCode":200}' };
    resource.templateSelectionExpression = TEMPLATE;
    new CfnIntegrationResponse(route, 'IntegrationResponse', {
      apiId: route.webSocketApi.apiId,
      integrationId: integration.integrationId,
      integrationResponseKey: '$default',
      ...(this.#reply !== undefined && {
        templateSelectionExpression: TEMPLATE,
        responseTemplates: { [TEMPLATE]: this.#reply },
      }),
    });
  }
}
