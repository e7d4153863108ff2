import { decide } from '../../iam/decide.ts';
import type { Statement } from '../../model/application.ts';
import { isRecord } from '../integrations/proxy-result.ts';

/** `requestContext.authorizer` of the connection's events. */
export type AuthorizerContext = Readonly<Record<string, string>>;

/** Largest result of an authorizer, in bytes. https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html */
const MAX_RESULT_BYTES = 8 * 1_024;

type Result = { invalid: string } | { allowed: false } | { allowed: true; context: AuthorizerContext };

/**
 * Reads the result of an authorizer. Its policy document must allow `execute-api:Invoke` on `methodArn`. The strings,
 * numbers and booleans of its context become strings. `invalid` says what is wrong with the result.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html
 */
export const readAuthorizerResult = (payload: unknown, methodArn: string): Result => {
  const size = Buffer.byteLength(JSON.stringify(payload) ?? '');
  if (size > MAX_RESULT_BYTES) return { invalid: `${size} bytes: at most ${MAX_RESULT_BYTES} are allowed` };
  if (!isRecord(payload)) return { invalid: 'a value that is not an object' };
  const { principalId, policyDocument, context = {} } = payload;
  if (typeof principalId !== 'string' || principalId === '') return { invalid: 'no principalId' };
  const statements = statementsOf(policyDocument);
  if (!statements)
    return { invalid: 'no valid policyDocument: its statements need Effect, Action and Resource, and no Condition' };
  if (!isRecord(context)) return { invalid: 'a context that is not an object' };
  const nested = Object.entries(context).find(([, value]) => typeof value === 'object' && value !== null);
  if (nested)
    return { invalid: `a context whose ${nested[0]} is an object: only strings, numbers and booleans are allowed` };
  if (!allows(statements, methodArn)) return { allowed: false };
  return { allowed: true, context: { principalId, ...toStrings(context) } };
};

const toStrings = (context: Record<string, unknown>): AuthorizerContext =>
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
  // Conditions are not evaluated here, so the statement would allow more or less than on AWS.
  if (statement.Condition !== undefined) return undefined;
  const areStrings = [...actions, ...resources].every((value) => typeof value === 'string');
  if ((effect !== 'Allow' && effect !== 'Deny') || !areStrings) return undefined;
  return { id: String(index), effect, actions: actions as string[], resources: resources as string[] };
};

const ROLE = 'authorizer';

const allows = (statements: readonly Statement[], methodArn: string): boolean =>
  decide(
    { identity: new Map([[ROLE, statements]]), resource: new Map() },
    { roleArn: ROLE, functionName: ROLE, action: 'execute-api:Invoke', resourceArn: methodArn },
  ).allowed;
