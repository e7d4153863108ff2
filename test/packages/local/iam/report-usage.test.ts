import { describe, expect, it } from '@jest/globals';
import { createAuthority } from '../../../../packages/local/iam/create-authority.ts';
import { reportUsage } from '../../../../packages/local/iam/report-usage.ts';
import type { Caller, Policies } from '../../../../packages/local/model/application.ts';

const ROLE = 'arn:aws:iam::123456789012:role/Chat-Role';
const QUEUE = 'arn:aws:sqs:us-east-1:123456789012:broadcasts';
const CALLER: Caller = { kind: 'function', functionName: 'Chat-Send', roleArn: ROLE };

const POLICIES: Policies = {
  identity: new Map([
    [
      ROLE,
      [
        {
          id: 'Policy/0',
          effect: 'Allow',
          actions: ['sqs:SendMessage', 'sqs:GetQueueUrl'],
          resources: [QUEUE, `${QUEUE}-dead`],
        },
        { id: 'Policy/1', effect: 'Allow', actions: ['dynamodb:Scan'], resources: ['*'] },
        { id: 'Policy/2', effect: 'Allow', actions: ['logs:PutLogEvents'], resources: ['*'] },
        { id: 'Policy/3', effect: 'Deny', actions: ['sqs:DeleteQueue'], resources: ['*'] },
      ],
    ],
  ]),
  resource: new Map(),
};

describe('reportUsage', () => {
  it('lists the actions and resources that no request of the run used', () => {
    const authority = createAuthority(() => POLICIES);
    expect(authority.decide(CALLER, 'sqs:SendMessage', QUEUE)).toEqual({ allowed: true });
    expect(authority.decide(CALLER, 'sqs:PurgeQueue', QUEUE).allowed).toBe(false);
    expect(reportUsage(POLICIES, authority.used())).toEqual({
      unused: [
        { statementId: 'Policy/0', unused: 'action', pattern: 'sqs:GetQueueUrl' },
        { statementId: 'Policy/0', unused: 'resource', pattern: `${QUEUE}-dead` },
        { statementId: 'Policy/1', unused: 'action', pattern: 'dynamodb:Scan' },
        { statementId: 'Policy/1', unused: 'resource', pattern: '*' },
      ],
      notObserved: ['Policy/2'],
    });
  });

  it('allows a developer everything, and does not count those requests', () => {
    const authority = createAuthority(() => POLICIES);
    expect(authority.decide({ kind: 'developer' }, 'sqs:PurgeQueue', QUEUE)).toEqual({ allowed: true });
    expect([...authority.used()]).toEqual([]);
  });
});
