import { describe, expect, it } from '@jest/globals';
import { createDecisions } from '../../../../packages/local/engines/create-decisions.ts';
import type { Decision, Permission } from '../../../../packages/local/engines/engine-protocol.ts';

const sender = { kind: 'function', senderId: 'AROA:echo' } as const;
const read: Permission = { action: 'dynamodb:Scan', resourceArn: 'table/rows' };
const write: Permission = { action: 'dynamodb:PutItem', resourceArn: 'table/rows' };

const decisions = (denied: readonly Permission[] = []) => {
  const asked: Permission[] = [];
  const made = createDecisions(async (_accessKeyId, permission): Promise<Decision> => {
    asked.push(permission);
    const isDenied = denied.some(({ action }) => action === permission.action);
    return isDenied ? { allowed: false, reason: 'denied', message: permission.action } : { allowed: true, sender };
  });
  return { ...made, asked };
};

describe('an engine’s decisions', () => {
  it('refuse a request if one of its permissions is denied', async () => {
    const { authorize } = decisions([write]);
    await expect(authorize('key', [read])).resolves.toEqual({ allowed: true, sender });
    await expect(authorize('key', [read, write])).resolves.toMatchObject({
      allowed: false,
      message: 'dynamodb:PutItem',
    });
  });

  it('are made once for each key, action and resource, until they are forgotten', async () => {
    const { authorize, forget, asked } = decisions();
    for (let call = 0; call < 5; call += 1) await authorize('key', [read]);
    expect(asked).toHaveLength(1);
    await authorize('another key', [read]);
    expect(asked).toHaveLength(2);
    forget();
    await authorize('key', [read]);
    expect(asked).toHaveLength(3);
  });

  it('check the key even if a request needs no permission', async () => {
    const { authorize, asked } = decisions();
    await authorize('key', []);
    expect(asked).toEqual([{ action: '', resourceArn: '' }]);
  });
});
