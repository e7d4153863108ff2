import { describe, expect, it } from '@jest/globals';
import { type AccessRequest, decide } from '../../../../packages/local/iam/decide.ts';
import type { Policies, Statement } from '../../../../packages/local/model/application.ts';

const ROLE = 'arn:aws:iam::123456789012:role/Chat-Role';
const QUEUE = 'arn:aws:sqs:us-east-1:123456789012:broadcasts';

const aStatement = (statement: Partial<Statement> = {}): Statement => ({
  id: 'Policy/0',
  effect: 'Allow',
  actions: ['sqs:SendMessage'],
  resources: [QUEUE],
  ...statement,
});

const aRequest = (request: Partial<AccessRequest> = {}): AccessRequest => ({
  roleArn: ROLE,
  functionName: 'Chat-Send',
  action: 'sqs:SendMessage',
  resourceArn: QUEUE,
  ...request,
});

const policies = (identity: readonly Statement[], resource: readonly Statement[] = []): Policies => ({
  identity: new Map([[ROLE, identity]]),
  resource: new Map([[QUEUE, resource]]),
});

const isAllowed = (statement: Partial<Statement>, request: Partial<AccessRequest> = {}): boolean =>
  decide(policies([aStatement(statement)]), aRequest(request)).allowed;

const messageOf = (held: Policies, request: Partial<AccessRequest> = {}): string => {
  const decision = decide(held, aRequest(request));
  return decision.allowed ? 'allowed' : decision.message;
};

describe('decide', () => {
  it('allows a request that a statement of the role allows, and names the statement', () => {
    expect(decide(policies([aStatement({ actions: ['sqs:Get*', 'sqs:Send*'] })]), aRequest())).toEqual({
      allowed: true,
      by: [{ statementId: 'Policy/0', action: 'sqs:Send*', resource: QUEUE }],
    });
  });

  it.each<[string, Partial<Statement>, boolean]>([
    ['everything', { actions: ['*'], resources: ['*'] }, true],
    ['a service', { actions: ['sqs:*'] }, true],
    ['an action in another case', { actions: ['SQS:sendmessage'] }, true],
    ['another action', { actions: ['sqs:ReceiveMessage'] }, false],
    ['the beginning of an action', { actions: ['sqs:Send'] }, false],
    ['a pattern of resources', { resources: ['arn:aws:sqs:*:*:broad?asts'] }, true],
    ['a resource in another case', { resources: [QUEUE.toUpperCase()] }, false],
    ['another resource', { resources: [`${QUEUE}-dead`] }, false],
    ['a dot as itself', { resources: [QUEUE.replace('broadcasts', 'b.oadcasts')] }, false],
    ['all but an action', { actions: [], notActions: ['sqs:DeleteMessage'] }, true],
    ['all but this action', { actions: [], notActions: ['sqs:Send*'] }, false],
    ['all but a resource', { resources: [], notResources: [`${QUEUE}-dead`] }, true],
    ['all but this resource', { resources: [], notResources: [QUEUE] }, false],
  ])('reads a statement on %s', (_, statement, allowed) => {
    expect(isAllowed(statement)).toBe(allowed);
  });

  it('distinguishes the methods in the resource of an API', () => {
    const stage = 'arn:aws:execute-api:us-east-1:123456789012:a1b2c3d4e5/production';
    const statement = { actions: ['execute-api:ManageConnections'], resources: [`${stage}/POST/@connections/*`] };
    const by = (method: string) => ({
      action: 'execute-api:ManageConnections',
      resourceArn: `${stage}/${method}/@connections/PJqB0fHsqRcCHlw=`,
    });
    expect(isAllowed(statement, by('POST'))).toBe(true);
    expect(isAllowed(statement, by('DELETE'))).toBe(false);
  });

  it('refuses a request that any policy denies, even if others allow it', () => {
    const deny = aStatement({ id: 'Deny/0', effect: 'Deny', actions: ['sqs:*'], principals: ['*'] });
    expect(messageOf(policies([aStatement(), deny]))).toMatch(/with an explicit deny in an identity-based policy$/);
    expect(messageOf(policies([aStatement()], [deny]))).toMatch(/with an explicit deny in a resource-based policy$/);
  });

  it('allows by a queue policy that names the role, the session or everyone', () => {
    const session = 'arn:aws:sts::123456789012:assumed-role/Chat-Role/Chat-Send';
    const byPrincipal = (principal: string) =>
      decide(policies([], [aStatement({ principals: [principal] })]), aRequest()).allowed;
    expect([ROLE, session, '*'].map(byPrincipal)).toEqual([true, true, true]);
    expect(['sns.amazonaws.com', 'arn:aws:iam::123456789012:role/other'].map(byPrincipal)).toEqual([false, false]);
  });

  it.each(['123456789012', 'arn:aws:iam::123456789012:root', 'arn:aws-cn:iam::123456789012:root'])(
    'does not allow by a queue policy that names the account as %s, but denies by it',
    (principal) => {
      const principals = [principal];
      expect(decide(policies([], [aStatement({ principals })]), aRequest()).allowed).toBe(false);
      expect(decide(policies([aStatement()], [aStatement({ principals, effect: 'Deny' })]), aRequest()).allowed).toBe(
        false,
      );
    },
  );

  it.each<[string, Statement['conditions'], boolean]>([
    ['TLS, which every call counts as', { Bool: { 'aws:SecureTransport': 'true' } }, true],
    ['no TLS', { Bool: { 'aws:SecureTransport': 'false' } }, false],
    ['the role, by pattern', { ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/Chat-*' } }, true],
    ['another account', { StringEquals: { 'aws:PrincipalAccount': '210987654321' } }, false],
    ['one of several Regions', { StringEquals: { 'aws:RequestedRegion': ['eu-central-1', 'us-east-1'] } }, true],
    ['all but this Region', { StringNotEquals: { 'aws:RequestedRegion': ['eu-central-1', 'us-east-1'] } }, false],
    ['a source that a direct call does not have', { ArnEquals: { 'aws:SourceArn': 'arn:aws:sns:*' } }, false],
    ['that source, if there is one', { ArnEqualsIfExists: { 'aws:SourceArn': 'arn:aws:sns:*' } }, true],
    ['the absence of a source', { Null: { 'aws:SourceArn': 'true' } }, true],
    [
      'two conditions, one of which does not hold',
      { Bool: { 'aws:SecureTransport': 'true' }, StringEquals: { 'aws:RequestedRegion': 'eu-central-1' } },
      false,
    ],
  ])('evaluates a condition on %s', (_, conditions, allowed) => {
    expect(isAllowed({ ...(conditions && { conditions }) })).toBe(allowed);
  });

  it('refuses a call without TLS if a policy denies it', () => {
    const deny = aStatement({
      effect: 'Deny',
      principals: ['*'],
      conditions: { Bool: { 'aws:SecureTransport': 'false' } },
    });
    const held = policies([aStatement()], [deny]);
    expect(decide(held, aRequest()).allowed).toBe(true);
    expect(decide(held, aRequest({ secureTransport: false })).allowed).toBe(false);
  });

  it('refuses in the words of each service', () => {
    const user = 'User: arn:aws:sts::123456789012:assumed-role/Chat-Role/Chat-Send is not authorized to perform:';
    const table = 'arn:aws:dynamodb:us-east-1:123456789012:table/rows';
    const connection =
      'arn:aws:execute-api:us-east-1:123456789012:a1b2c3d4e5/production/POST/@connections/PJqB0fHsqRcCHlw=';
    expect(messageOf(policies([]))).toBe(
      `${user} sqs:sendmessage on resource: ${QUEUE} because no identity-based policy allows the sqs:sendmessage action`,
    );
    expect(messageOf(policies([]), { action: 'dynamodb:PutItem', resourceArn: table })).toBe(
      `${user} dynamodb:PutItem on resource: ${table} because no identity-based policy allows the dynamodb:PutItem action`,
    );
    expect(messageOf(policies([]), { action: 'execute-api:ManageConnections', resourceArn: connection })).toBe(
      `${user} execute-api:ManageConnections on resource: arn:aws:execute-api:us-east-1:********9012:a1b2c3d4e5/production/POST/@connections/{connectionId}`,
    );
  });
});
