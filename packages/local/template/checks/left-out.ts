import type { WebSocketApi } from '../../model/application.ts';
import { ofType, type Resource } from '../assembly/open-resource.ts';

/** One line for all that is not run and that nothing leads to: several of a type by their number, one by its name. */
export const describeLeftOut = (resources: readonly Resource[]): readonly string[] => {
  if (resources.length === 0) return [];
  const byType = Map.groupBy(resources, ({ type }) => type);
  const parts = [...byType].map(([type, [first, ...others]]) =>
    others.length === 0 ? `${type} ${first?.logicalId}` : `${type} (${others.length + 1})`,
  );
  return [`not run here: ${parts.join(', ')} (nothing that runs here needs ${resources.length === 1 ? 'it' : 'them'})`];
};

/**
 * Stages that nothing in the template deploys: AWS makes them, and answers every client with 403 until somebody deploys
 * the API by hand. The CDK's `WebSocketStage` is one unless it is told `autoDeploy: true`. A sentence each.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-set-up-websocket-deployment.html
 */
export const undeployedStages = (apis: readonly WebSocketApi[], resources: readonly Resource[]): readonly string[] =>
  ofType(resources, 'AWS::ApiGatewayV2::Stage')
    .filter((stage) => apis.some(({ apiId }) => apiId === stage.text('ApiId')) && !isDeployed(stage, resources))
    .map(
      ({ logicalId, ref }) =>
        `the stage ${ref} (${logicalId}) would answer every client with 403 on AWS until it is deployed by hand: give it AutoDeploy or a DeploymentId`,
    );

const isDeployed = (stage: Resource, resources: readonly Resource[]): boolean =>
  stage.flag('AutoDeploy') === true ||
  stage.property('DeploymentId') !== undefined ||
  ofType(resources, 'AWS::ApiGatewayV2::Deployment').some(
    (deployment) => deployment.text('ApiId') === stage.text('ApiId') && deployment.text('StageName') === stage.ref,
  );
