import type { Policies, Statement } from '../model/application.ts';
import { matchesPattern } from './conditions.ts';
import { DECIDED_SERVICES, type Grant } from './decide.ts';

/** An action or a resource of a statement that no request needed. */
export interface UnusedGrant {
  statementId: string;
  unused: 'action' | 'resource';
  pattern: string;
}

export interface UsageReport {
  unused: readonly UnusedGrant[];
  /** Ids of statements about services that do not run here. Their use is unknown. */
  notObserved: readonly string[];
}

const key = (...parts: string[]): string => parts.join('\0');

/**
 * Lists the grants that no request used. You can remove them if the run did everything that the application ever does.
 * @param used The grants of {@link createAuthority}, in any order. Duplicates are allowed.
 */
export const reportUsage = (policies: Policies, used: Iterable<Grant>): UsageReport => {
  const actions = new Set<string>();
  const resources = new Set<string>();
  for (const { statementId, action, resource } of used) {
    actions.add(key(statementId, action));
    resources.add(key(statementId, resource));
  }
  const granting = [...policies.identity.values()].flat().filter(({ effect }) => effect === 'Allow');
  const isObserved = ({ actions }: Statement) => actions.some(isDecidedAction);
  const unusedIn = ({ id, actions: grantedActions, resources: grantedResources }: Statement): UnusedGrant[] => [
    ...grantedActions
      .filter((pattern) => isDecidedAction(pattern) && !actions.has(key(id, pattern)))
      .map((pattern) => ({ statementId: id, unused: 'action' as const, pattern })),
    ...grantedResources
      .filter((pattern) => !resources.has(key(id, pattern)))
      .map((pattern) => ({ statementId: id, unused: 'resource' as const, pattern })),
  ];
  return {
    unused: granting.filter(isObserved).flatMap(unusedIn),
    notObserved: granting.filter((statement) => !isObserved(statement)).map(({ id }) => id),
  };
};

const isDecidedAction = (pattern: string): boolean =>
  DECIDED_SERVICES.some((service) => matchesPattern(`${pattern.split(':')[0]?.toLowerCase()}`, service));
