import type { WebSocketApi } from '../../model/application.ts';
import { ofType, type Resource } from '../assembly/open-resource.ts';
import type { MissingLookup } from '../assembly/read-assembly.ts';

/** One line about all resources that are left out: the number of resources of a type, or the name of a single one. */
export const describeLeftOut = (resources: readonly Resource[]): readonly string[] => {
  if (resources.length === 0) return [];
  const byType = Map.groupBy(resources, ({ type }) => type);
  const parts = [...byType].map(([type, [first, ...others]]) =>
    others.length === 0 ? `${type} ${first?.logicalId}` : `${type} (${others.length + 1})`,
  );
  return [`not run here: ${parts.join(', ')} (no running resource needs ${resources.length === 1 ? 'it' : 'them'})`];
};

/**
 * One line about each ignored resource that a function refers to: the function gets a name that no one else knows.
 * @param namesInUse The names by which functions refer to the resource.
 */
export const describeStandIns = (
  ignored: readonly Resource[],
  namesInUse: (resource: Resource) => readonly string[],
): readonly string[] =>
  ignored.flatMap((resource) => {
    const names = namesInUse(resource);
    const options = names.map((name) => `--value ${name}=VALUE`).join(' ');
    return names.length === 0
      ? []
      : [`functions get a made-up name for ${resource.logicalId}, which is ignored. ${options} gives the real one`];
  });

/** One line about the lookups that were not made, because the CDK put dummies in their place. */
export const describeMissing = (lookups: readonly MissingLookup[]): readonly string[] =>
  lookups.length === 0
    ? []
    : [
        `dummy values stand for ${lookups.map(({ key }) => key).join(', ')}. Run "npx cdk synth" once with the account's credentials, which keeps the values in cdk.context.json`,
      ];

/**
 * Finds stages that the template does not deploy. AWS creates such a stage, and answers every client with 403 until
 * someone deploys the API by hand. The CDK's `WebSocketStage` is one, unless `autoDeploy` is true.
 * @returns One sentence for each stage.
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
