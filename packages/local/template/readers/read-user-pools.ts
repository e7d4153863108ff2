import type { LambdaFunction, UserPool } from '../../model/application.ts';
import { ofType, type Resource } from '../assembly/open-resource.ts';

const POOL_ID = /\b[a-z]{2}(?:-[a-z]+)+-\d_[A-Za-z0-9]+\b/g;

/**
 * The user pools of an application: its own, and pools of other applications that a function's environment names.
 * @param isGiven Whether the developer gives the resource's real name.
 */
export const readUserPools = (
  resources: readonly Resource[],
  functions: readonly LambdaFunction[],
  isGiven: (resource: Resource) => boolean,
): readonly UserPool[] => {
  const clients = ofType(resources, 'AWS::Cognito::UserPoolClient');
  const own = ofType(resources, 'AWS::Cognito::UserPool').map(
    (pool): UserPool => ({
      id: pool.ref,
      clientIds: clients.filter((client) => client.text('UserPoolId') === pool.ref).map(({ ref }) => ref),
      isReal: isGiven(pool),
    }),
  );
  const named = functions.flatMap(({ environment }) =>
    Object.values(environment).flatMap((text) => text.match(POOL_ID) ?? []),
  );
  const others = [...new Set(named)].filter((id) => own.every((pool) => pool.id !== id));
  return [...own, ...others.map((id) => ({ id, clientIds: [], isReal: true }))];
};
