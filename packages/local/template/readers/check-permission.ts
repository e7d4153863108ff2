import { matchesPattern } from '../../iam/conditions.ts';
import { decide } from '../../iam/decide.ts';
import { partitionOf } from '../../model/partition.ts';
import { ofType, type Resource } from '../assembly/open-resource.ts';
import type { Place } from '../assembly/resource-identity.ts';
import { statementsOfRole } from './collect-policies.ts';

/**
 * The function in the URI of an integration or authorizer:
 * `arn:aws:apigateway:REGION:lambda:path/2015-03-31/functions/FUNCTION_ARN/invocations`, or the function's ARN itself.
 * A version or alias at its end is left out, because a function has only one version here.
 */
export const invokedFunctionArn = (uri: string | undefined): string | undefined =>
  /(arn:[^:/]+:lambda:[^:/]+:[^:/]+:function:[^:/]+)/.exec(uri ?? '')?.[1];

export interface CheckPermissionOptions {
  resources: readonly Resource[];
  place: Place;
  /** The function with this name or ARN; `undefined` if the application has no such function. */
  functionNameOf(arn: string): string | undefined;
}

/**
 * Reports an integration or authorizer that API Gateway may not invoke: it needs a permission of the function, or
 * credentials. The CDK's constructs add the permission. Without it, AWS deploys the application and every event fails.
 * @param sources The sources of the invocations. At least one must be permitted: `/production/$connect`,
 * `/authorizers/{id}`.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-control-access-iam.html
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html
 */
export const checkPermission = (
  invoking: Resource,
  functionName: string,
  sources: readonly string[],
  { resources, functionNameOf, place }: CheckPermissionOptions,
): void => {
  const roleArn = invoking.text('CredentialsArn') ?? invoking.text('AuthorizerCredentialsArn');
  if (roleArn !== undefined) {
    checkCredentials(invoking, functionName, roleArn, resources);
    return;
  }
  if (sources.length === 0) return; // an API without a stage is reported as its own problem
  const api = `arn:${partitionOf(place.region)}:execute-api:${place.region}:${place.accountId}:${invoking.text('ApiId')}`;
  const isPermitted = ofType(resources, 'AWS::Lambda::Permission').some((permission) => {
    const named = permission.text('FunctionName') ?? '';
    return (
      permission.text('Principal') === 'apigateway.amazonaws.com' &&
      matchesPattern(permission.text('Action') ?? '', 'lambda:InvokeFunction') &&
      (permission.text('SourceAccount') ?? place.accountId) === place.accountId &&
      functionNameOf(invokedFunctionArn(named) ?? named) === functionName &&
      sources.some((source) => matchesPattern(permission.text('SourceArn') ?? '*', api + source))
    );
  });
  if (isPermitted) return;
  invoking.problem(
    `API Gateway may not invoke ${functionName} for it, so every event would fail on AWS`,
    'Add an AWS::Lambda::Permission of lambda:InvokeFunction for apigateway.amazonaws.com',
  );
};

/** Does not check a role from outside of the application, because its policies are unknown here. */
const checkCredentials = (
  invoking: Resource,
  functionName: string,
  roleArn: string,
  resources: readonly Resource[],
): void => {
  const role = ofType(resources, 'AWS::IAM::Role').find(({ arn }) => arn === roleArn);
  const uri = invoking.text('IntegrationUri') ?? invoking.text('AuthorizerUri') ?? '';
  const resourceArn = /arn:[^:/]+:lambda:[^/]+/.exec(uri)?.[0]; // includes the alias, because an alias needs its own permission
  if (!role || resourceArn === undefined) return;
  const policies = { identity: new Map([[roleArn, statementsOfRole(role, resources)]]), resource: new Map() };
  const action = 'lambda:InvokeFunction';
  if (decide(policies, { roleArn, functionName, action, resourceArn }).allowed) return;
  invoking.problem(
    `its credentials, the role ${role.logicalId}, do not allow ${action} on ${functionName}, so every event would fail on AWS`,
    `Allow it in the role, or remove the credentials and add an AWS::Lambda::Permission`,
  );
};
