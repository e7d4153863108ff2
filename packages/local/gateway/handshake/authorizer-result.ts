import { decide } from '../../iam/decide.ts';
import type { Statement } from '../../model/application.ts';
import { isRecord } from '../integrations/proxy-result.ts';

/** `requestContext.authorizer` of the connection's events. */
export type AuthorizerContext = Readonly<Record<string, string>>;

/** Largest result of an authorizer, in bytes. https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html */
const MAX_RESULT_BYTES = 8 * 1_024;

type Result = { invalid: string } | { allowed: false } | { allowed: true; context: AuthorizerContext };

/**
 * Reads what an authorizer returned: `principalId`, a policy document that is asked for `execute-api:Invoke` on
 * `methodArn`, and a context of texts, numbers and booleans, which become text. `invalid` says what is wrong with it.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html
 */
export const readAuthorizerResult = (payload: unknown, methodArn: string): Result => {
  const size = Buffer.byteLength(JSON.stringify(payload) ?? '');
  if (size > MAX_RESULT_BYTES) return { invalid: `${size} bytes: at most ${MAX_RESULT_BYTES} are allowed` };
  if (!isRecord(payload)) return { invalid: 'no object' };
  const { principalId, policyDocument, context = {} } = payload;
  if (typeof principalId !== 'string' || principalId === '') return { invalid: 'no principalId' };
  const statements = statementsOf(policyDocument);
  if (!statements) return { invalid: 'no policyDocument with statements of Effect, Action and Resource alone' };
  if (!isRecord(context)) return { invalid: 'a context that is no object' };
  const nested = Object.entries(context).find(([, value]) => typeof value === 'object' && value !== null);
  if (nested)
    return { invalid: `a context whose ${nested[0]} is an object: only texts, numbers and booleans are allowed` };
  if (!allows(statements, methodArn)) return { allowed: false };
  return { allowed: true, context: { principalId, ...texts(context) } };
};

const texts = (context: Record<string, unknown>): AuthorizerContext =>
  Object.fromEntries(
    Object.entries(context)
      .filter(([, value]) => value !== undefined && value !== null)
      .map(([key, value]) => [key, String(value)]),
  );

const statementsOf = (document: unknown): Statement[] | undefined => {
  if (!isRecord(document) || document.Statement === undefined) return undefined;
  const statements = [document.Statement].flat().map(statementOf);
  return statements.includes(undefined) ? undefined : (statements as Statement[]);
};

const statementOf = (statement: unknown, index: number): Statement | undefined => {
  if (!isRecord(statement)) return undefined;
  const { Effect: effect, Action, Resource } = statement;
  const [actions, resources] = [[Action].flat(), [Resource].flat()];
  // A condition that was not evaluated could only be kinder or harsher than AWS.
  if (statement.Condition !== undefined) return undefined;
  const areTexts = [...actions, ...resources].every((text) => typeof text === 'string');
  if ((effect !== 'Allow' && effect !== 'Deny') || !areTexts) return undefined;
  return { id: String(index), effect, actions: actions as string[], resources: resources as string[] };
};

const ROLE = 'authorizer';

const allows = (statements: readonly Statement[], methodArn: string): boolean =>
  decide(
    { identity: new Map([[ROLE, statements]]), resource: new Map() },
    { roleArn: ROLE, functionName: ROLE, action: 'execute-api:Invoke', resourceArn: methodArn },
  ).allowed;
