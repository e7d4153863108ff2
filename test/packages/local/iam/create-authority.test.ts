import { describe, expect, it } from '@jest/globals';
import { createAuthority } from '../../../../packages/local/iam/create-authority.ts';
import type { Caller, Policies } from '../../../../packages/local/model/application.ts';

const ROLE = 'arn:aws:iam::123456789012:role/Chat-Role';
const QUEUE = 'arn:aws:sqs:us-east-1:123456789012:broadcasts';
const CALLER = { kind: 'function', functionName: 'Chat-Send', roleArn: ROLE } as const satisfies Caller;

/** Policies that allow the role these actions on the queue. */
const allowing = (...actions: string[]): Policies => ({
  identity: new Map([[ROLE, [{ id: 'Policy/0', effect: 'Allow', actions, resources: [QUEUE] }]]]),
  resource: new Map(),
});

describe('createAuthority', () => {
  it('decides by the current policies after they have changed', () => {
    let policies = allowing('sqs:SendMessage');
    const authority = createAuthority(() => policies);
    const isAllowed = (action: string) => authority.decide(CALLER, action, QUEUE).allowed;
    expect([isAllowed('sqs:SendMessage'), isAllowed('sqs:ReceiveMessage')]).toEqual([true, false]);
    policies = allowing('sqs:ReceiveMessage');
    expect([isAllowed('sqs:SendMessage'), isAllowed('sqs:ReceiveMessage')]).toEqual([false, true]);
    policies = allowing('sqs:SendMessage');
    expect([isAllowed('sqs:SendMessage'), isAllowed('sqs:ReceiveMessage')]).toEqual([true, false]);
  });

  it.each<[string, Partial<Record<'roleArn' | 'functionName', string>>, string, string]>([
    ['action', {}, 'sqs:DeleteQueue', QUEUE],
    ['resource', {}, 'sqs:SendMessage', `${QUEUE}-dead`],
    ['role', { roleArn: `${ROLE}-other` }, 'sqs:SendMessage', QUEUE],
    ['function of the role', { functionName: 'Chat-Other' }, 'sqs:SendMessage', QUEUE],
  ])('decides anew for another %s', (_, other, action, resource) => {
    const session = 'arn:aws:sts::123456789012:assumed-role/Chat-Role/Chat-Send';
    const statement = { id: 'Policy/0', effect: 'Allow', actions: ['sqs:SendMessage'], resources: [QUEUE] } as const;
    const policies: Policies = {
      identity: new Map(),
      resource: new Map([[QUEUE, [{ ...statement, principals: [session] }]]]),
    };
    const authority = createAuthority(() => policies);
    expect(authority.decide(CALLER, 'sqs:SendMessage', QUEUE)).toEqual({ allowed: true });
    expect(authority.decide({ ...CALLER, ...other }, action, resource).allowed).toBe(false);
  });
});
