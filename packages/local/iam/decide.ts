import type { Policies, Statement } from '../model/application.ts';
import { accountOf, sessionArn } from '../model/role-session.ts';
import { type ConditionContext, conditionsHold, matchesPattern } from './conditions.ts';

/** The services whose calls are checked here. Statements about other services have no effect on the run. */
export const DECIDED_SERVICES = ['dynamodb', 'sqs', 'execute-api'] as const;

/** A request that a function sends to a service with its role. */
export interface AccessRequest {
  roleArn: string;
  /** The name of the role session: Lambda uses the function's name. */
  functionName: string;
  /** `sqs:SendMessage` */
  action: string;
  resourceArn: string;
  /** Whether the request came over TLS. Default true: on AWS every request does, although local ones do not. */
  secureTransport?: boolean;
}

/** A statement that allowed a request, with the patterns that matched it. */
export interface Grant {
  statementId: string;
  action: string;
  resource: string;
}

export type Decision = { allowed: true; by: readonly Grant[] } | { allowed: false; message: string };

/**
 * Decides as IAM does within one account. An explicit Deny wins. Otherwise one Allow in an identity-based or
 * resource-based policy is enough. Without an Allow the request is refused. Any thread can call this pure function.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export const decide = (policies: Policies, request: AccessRequest): Decision => {
  const context = contextOf(request);
  const applies = (statement: Statement) => applyingGrant(statement, request, context);
  const identity = policies.identity.get(request.roleArn) ?? [];
  const resource = (policies.resource.get(request.resourceArn) ?? []).filter(({ principals = [] }) =>
    principals.some((principal) => isPrincipal(principal, request)),
  );
  for (const [kind, statements] of [
    ['identity', identity],
    ['resource', resource],
  ] as const) {
    if (statements.some((statement) => statement.effect === 'Deny' && applies(statement))) {
      return {
        allowed: false,
        message: refusal(
          request,
          `with an explicit deny in a${kind === 'identity' ? 'n identity' : ' resource'}-based policy`,
        ),
      };
    }
  }
  const allowing = [...identity, ...resource.filter(isDirectGrant)].filter(({ effect }) => effect === 'Allow');
  const by = allowing.flatMap((statement) => applies(statement) ?? []);
  if (by.length > 0) return { allowed: true, by };
  return {
    allowed: false,
    message: refusal(request, `because no identity-based policy allows the ${actionWord(request)} action`),
  };
};

/** The patterns of a statement that match a request, or `undefined` if it does not apply. */
const applyingGrant = (
  { id, actions, notActions, resources, notResources, conditions }: Statement,
  { action, resourceArn }: AccessRequest,
  context: ConditionContext,
): Grant | undefined => {
  const matchesAction = (pattern: string) => matchesPattern(pattern.toLowerCase(), action.toLowerCase());
  const matchesResource = (pattern: string) => matchesPattern(pattern, resourceArn);
  const byAction = notActions ? (notActions.some(matchesAction) ? undefined : '*') : actions.find(matchesAction);
  const byResource = notResources
    ? notResources.some(matchesResource)
      ? undefined
      : '*'
    : resources.find(matchesResource);
  if (byAction === undefined || byResource === undefined) return undefined;
  if (conditions && !conditionsHold(conditions, context)) return undefined;
  return { statementId: id, action: byAction, resource: byResource };
};

/** The keys are in lower case, because IAM compares condition keys without case. */
const contextOf = ({ roleArn, resourceArn, secureTransport = true }: AccessRequest): ConditionContext => ({
  'aws:securetransport': String(secureTransport),
  'aws:principalarn': roleArn,
  'aws:principalaccount': accountOf(roleArn),
  'aws:resourceaccount': accountOf(resourceArn),
  'aws:requestedregion': resourceArn.split(':')[3] ?? '',
  'aws:principaltype': 'AssumedRole',
  'aws:principalisawsservice': 'false',
  'aws:viaawsservice': 'false',
});

const isPrincipal = (principal: string, request: AccessRequest): boolean =>
  principal === '*' ||
  principal === request.roleArn ||
  principal === sessionArn(request) ||
  wholeAccount(principal) === accountOf(request.roleArn);

/** The account that a principal names as a whole: `123456789012` or `arn:aws:iam::123456789012:root`. */
const wholeAccount = (principal: string): string | undefined =>
  /^\d{12}$/.test(principal) ? principal : /^arn:[^:]+:iam::(\d{12}):root$/.exec(principal)?.[1];

/**
 * A resource policy that allows the whole account delegates to the account's own policies: it grants nothing itself.
 */
const isDirectGrant = ({ principals = [] }: Statement): boolean =>
  principals.some((principal) => wholeAccount(principal) === undefined);

/** SQS writes its actions in lower case: https://github.com/aws/serverless-application-model/issues/3633 */
const actionWord = ({ action }: AccessRequest): string => (action.startsWith('sqs:') ? action.toLowerCase() : action);

/**
 * API Gateway gives no reason, hides the account id and does not name the connection:
 * https://github.com/aws/aws-cdk/issues/18410
 */
const refusal = (request: AccessRequest, reason: string): string => {
  const { action, resourceArn } = request;
  const isApiGateway = action.startsWith('execute-api:');
  const resource = isApiGateway
    ? resourceArn.replace(/:\d{8}(\d{4}):/, ':********$1:').replace(/@connections\/.*$/, '@connections/{connectionId}')
    : resourceArn;
  const refused = `User: ${sessionArn(request)} is not authorized to perform: ${actionWord(request)} on resource: ${resource}`;
  return isApiGateway && !reason.startsWith('with') ? refused : `${refused} ${reason}`;
};
