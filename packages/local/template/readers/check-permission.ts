import { matchesPattern } from '../../iam/conditions.ts';
import { decide } from '../../iam/decide.ts';
import { ofType, type Resource } from '../assembly/open-resource.ts';
import type { Place } from '../assembly/resource-identity.ts';
import { statementsOfRole } from './collect-policies.ts';

/**
 * The function in the URI of an integration or authorizer:
 * `arn:aws:apigateway:REGION:lambda:path/2015-03-31/functions/FUNCTION_ARN/invocations`, or the function's ARN itself.
 * A version or alias at its end is left out: there is one version of a function here.
 */
export const invokedFunctionArn = (uri: string | undefined): string | undefined =>
  /(arn:[^:/]+:lambda:[^:/]+:[^:/]+:function:[^:/]+)/.exec(uri ?? '')?.[1];

export interface CheckPermissionOptions {
  resources: readonly Resource[];
  place: Place;
  /** The function of an ARN; `undefined` where the application has none of that ARN. */
  functionNameOf(arn: string): string | undefined;
}

/**
 * A function must permit API Gateway to invoke it, or the integration brings credentials of its own. CDK's constructs see
 * to it; who declares resources one by one forgets it, deploys, and every event fails.
 * @param sources What invokes it, one of them is enough: `/production/$connect`, `/authorizers/{id}`.
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
  if (sources.length === 0) return; // of an API without a stage, which is named itself
  const api = `arn:aws:execute-api:${place.region}:${place.accountId}:${invoking.text('ApiId')}`;
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
    `API Gateway may not invoke ${functionName} for it, so that on AWS every event of it would fail`,
    'Add an AWS::Lambda::Permission of lambda:InvokeFunction for apigateway.amazonaws.com',
  );
};

/** What a role from elsewhere allows is not known here. */
const checkCredentials = (
  invoking: Resource,
  functionName: string,
  roleArn: string,
  resources: readonly Resource[],
): void => {
  const role = ofType(resources, 'AWS::IAM::Role').find(({ arn }) => arn === roleArn);
  const uri = invoking.text('IntegrationUri') ?? invoking.text('AuthorizerUri') ?? '';
  const resourceArn = /arn:[^:/]+:lambda:[^/]+/.exec(uri)?.[0]; // with its alias, for which it is allowed separately
  if (!role || resourceArn === undefined) return;
  const policies = { identity: new Map([[roleArn, statementsOfRole(role, resources)]]), resource: new Map() };
  const action = 'lambda:InvokeFunction';
  if (decide(policies, { roleArn, functionName, action, resourceArn }).allowed) return;
  invoking.problem(
    `its credentials, the role ${role.logicalId}, do not allow ${action} on ${functionName}, so that on AWS every event of it would fail`,
    `Allow it in the role, or remove the credentials and add an AWS::Lambda::Permission`,
  );
};
