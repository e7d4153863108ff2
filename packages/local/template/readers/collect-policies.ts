import { unknownConditions } from '../../iam/conditions.ts';
import { DECIDED_SERVICES } from '../../iam/decide.ts';
import type { LambdaFunction, Policies, Statement } from '../../model/application.ts';
import type { Resource } from '../assembly/open-resource.ts';
import { AWS_MANAGED_POLICIES } from './aws-managed-policies.ts';

type Document = { Statement?: unknown };
type RawStatement = Readonly<Record<string, unknown>>;

/**
 * Collects an application's policy statements: by role (inline, attached and managed policies) and by queue (queue
 * policies). A statement that cannot be evaluated here is reported as a problem of its resource.
 * @param functions The functions that run. Only their roles are read.
 */
export const collectPolicies = (resources: readonly Resource[], functions: readonly LambdaFunction[]): Policies => {
  const roles = resources.filter(({ type }) => type === 'AWS::IAM::Role');
  for (const { roleArn, arn } of functions) {
    if (roles.some((role) => role.arn === roleArn)) continue;
    resources
      .find((resource) => resource.arn === arn)
      ?.problem(`its role ${roleArn} is not in the application, so its permissions are unknown`, 'Declare the role');
  }
  const used = roles.filter(({ arn }) => functions.some(({ roleArn }) => roleArn === arn));
  return {
    identity: new Map(used.map((role) => [role.arn, statementsOfRole(role, resources)])),
    resource: statementsOfQueues(resources),
  };
};

/** The statements of a role's inline, attached and managed policies. */
export const statementsOfRole = (role: Resource, resources: readonly Resource[]): Statement[] => {
  if (role.property('PermissionsBoundary') !== undefined) {
    role.problem('its permissions boundary is not supported here', 'Leave the boundary out in the local run');
  }
  const inline = role.list('Policies').flatMap((policy, index) => {
    const { PolicyDocument: document } = policy as { PolicyDocument?: Document };
    return readStatements(document, `${role.logicalId}/Policies/${index}`, role);
  });
  const attached = resources
    .filter((policy) => isAttached(policy, role))
    .flatMap((policy) => readStatements(policy.record('PolicyDocument'), policy.logicalId, policy));
  const managed = role.list('ManagedPolicyArns').flatMap((arn) => readManaged(String(arn), role, resources));
  return [...inline, ...attached, ...managed];
};

const isAttached = (policy: Resource, role: Resource): boolean => {
  if (policy.type === 'AWS::IAM::RolePolicy') return policy.text('RoleName') === role.ref;
  return (
    ['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy'].includes(policy.type) && policy.list('Roles').includes(role.ref)
  );
};

const readManaged = (arn: string, role: Resource, resources: readonly Resource[]): Statement[] => {
  const own = resources.find(({ type, ref }) => type === 'AWS::IAM::ManagedPolicy' && ref === arn);
  // A policy that lists the role is already collected as an attached one.
  if (own) return isAttached(own, role) ? [] : readStatements(own.record('PolicyDocument'), own.logicalId, own);
  const name = arn.split(':policy/')[1] ?? '';
  const known = /^arn:[^:]+:iam::aws:/.test(arn) && Object.hasOwn(AWS_MANAGED_POLICIES, name);
  const policy = known ? AWS_MANAGED_POLICIES[name] : undefined;
  if (policy) return [{ id: `${role.logicalId}/${name}`, effect: 'Allow', ...policy }];
  role.problem(`its managed policy ${arn} is not known here`, 'Grant the permissions in the application itself');
  return [];
};

const statementsOfQueues = (resources: readonly Resource[]): Map<string, Statement[]> => {
  const queues = resources.filter(({ type }) => type === 'AWS::SQS::Queue');
  const policies = resources.filter(({ type }) => type === 'AWS::SQS::QueuePolicy');
  return new Map(
    queues.map(({ ref, arn }) => [
      arn,
      policies
        .filter((policy) => policy.list('Queues').includes(ref))
        .flatMap((policy) => readStatements(policy.record('PolicyDocument'), policy.logicalId, policy)),
    ]),
  );
};

const readStatements = (document: Document | undefined, id: string, owner: Resource): Statement[] =>
  [document?.Statement ?? []]
    .flat()
    .map((statement, index) => readStatement(statement as RawStatement, `${id}/${index}`, owner));

const texts = (value: unknown): string[] => (value === undefined ? [] : [value].flat().map(String));

const readStatement = (raw: RawStatement, id: string, owner: Resource): Statement => {
  const conditions = raw.Condition as Statement['conditions'];
  const statement: Statement = {
    id,
    effect: raw.Effect === 'Deny' ? 'Deny' : 'Allow',
    actions: texts(raw.Action),
    resources: texts(raw.Resource),
    ...(raw.NotAction !== undefined && { notActions: texts(raw.NotAction) }),
    ...(raw.NotResource !== undefined && { notResources: texts(raw.NotResource) }),
    ...(raw.Principal !== undefined && { principals: principalsOf(raw.Principal) }),
    ...(conditions && { conditions }),
  };
  if (isDecided(statement)) reportUnsupported(statement, raw, owner);
  return statement;
};

/**
 * Reads `"*"`, `{"AWS": "*"}`, `{"AWS": [arn, account]}`, `{"Service": "sns.amazonaws.com"}`. The values show their
 * kind.
 */
const principalsOf = (principal: unknown): string[] =>
  typeof principal === 'object' && principal !== null ? Object.values(principal).flatMap(texts) : texts(principal);

/** Whether a statement can apply to a service that the run authorizes. */
const isDecided = ({ actions, notActions }: Pick<Statement, 'actions' | 'notActions'>): boolean =>
  notActions !== undefined ||
  actions.some(
    (action) => action === '*' || DECIDED_SERVICES.some((service) => action.toLowerCase().startsWith(`${service}:`)),
  );

const reportUnsupported = (statement: Statement, raw: RawStatement, owner: Resource): void => {
  if (raw.NotPrincipal !== undefined) {
    owner.problem(
      `its statement ${statement.id} has a NotPrincipal, which is not supported here`,
      'Name the principals',
    );
  }
  const unknown = unknownConditions(statement.conditions ?? {});
  if (unknown.length > 0) {
    owner.problem(
      `its statement ${statement.id} has conditions that are not supported here: ${unknown.join(', ')}`,
      'Leave them out in the local run',
    );
  }
  const variables = [...statement.resources, ...(statement.notResources ?? [])].filter((pattern) =>
    pattern.includes('${'),
  );
  if (variables.length > 0) {
    owner.problem(
      `its statement ${statement.id} uses policy variables, which are not supported here`,
      'Write the resource out',
    );
  }
};
