import { type CfnElement, type IResource, Stack } from 'aws-cdk-lib';
import type { Template } from 'aws-cdk-lib/assertions';
import type { IRole } from 'aws-cdk-lib/aws-iam';

/** All statements that apply to a role, from all policies of the template. */
export const statementsOf = (template: Template, role: IRole): unknown[] => {
  const Ref = logicalIdOf(role);
  const { Properties } = template.toJSON().Resources[Ref];
  if (Properties.Policies || Properties.ManagedPolicyArns) throw new Error(`${Ref} has inline or managed policies`);
  const policies = Object.values(template.findResources('AWS::IAM::Policy')).map((policy) => policy.Properties);
  return policies
    .filter(({ Roles }) => JSON.stringify(Roles).includes(`"${Ref}"`))
    .flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
};

const logicalIdOf = (resource: IResource): string =>
  Stack.of(resource).resolve((resource.node.defaultChild as CfnElement).logicalId);
