import { createHash } from 'node:crypto';

/** A function's session with its role. Lambda names the session after the function. */
export interface RoleSession {
  roleArn: string;
  functionName: string;
}

const partitionOfArn = (arn: string): string => arn.split(':')[1] ?? '';
export const accountOf = (arn: string): string => arn.split(':')[4] ?? '';
const roleNameOf = (roleArn: string): string => roleArn.split('/').at(-1) ?? '';

/** `arn:aws:sts::123456789012:assumed-role/Role/function` */
export const sessionArn = ({ roleArn, functionName }: RoleSession): string =>
  `arn:${partitionOfArn(roleArn)}:sts::${accountOf(roleArn)}:assumed-role/${roleNameOf(roleArn)}/${functionName}`;

/** `AROA…:function`, the same in each run. */
export const sessionId = ({ roleArn, functionName }: RoleSession): string => {
  const roleId = createHash('sha256').update(roleArn).digest('hex').slice(0, 17).toUpperCase();
  return `AROA${roleId}:${functionName}`;
};
