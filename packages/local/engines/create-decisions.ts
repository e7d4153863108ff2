import type { Decision, Permission } from './engine-protocol.ts';

/** Most decisions that are kept (our choice), so that a function that makes up names does not fill the memory. */
const MAX_REMEMBERED = 10_000;

export interface Decisions {
  /**
   * Allows a request if every permission is allowed. Otherwise it returns the first refusal. With an empty list it only
   * checks the key.
   */
  authorize(accessKeyId: string, permissions: readonly Permission[]): Promise<Decision>;
  forget(): void;
}

const NO_PERMISSION: Permission = { action: '', resourceArn: '' };

/**
 * Asks the main thread once for each key, action and resource, and remembers the decision: policies change only with a
 * deployment. One authority decides and counts the used grants, and a repeated request needs no round trip between
 * threads.
 */
export const createDecisions = (ask: (accessKeyId: string, permission: Permission) => Promise<Decision>): Decisions => {
  const remembered = new Map<string, Promise<Decision>>();
  const decide = (accessKeyId: string, permission: Permission): Promise<Decision> => {
    const key = `${accessKeyId} ${permission.action} ${permission.resourceArn}`;
    const known = remembered.get(key);
    if (known) return known;
    const decision = ask(accessKeyId, permission);
    if (remembered.size >= MAX_REMEMBERED) remembered.clear();
    remembered.set(key, decision);
    return decision;
  };
  return {
    authorize: async (accessKeyId, permissions) => {
      const needed = permissions.length > 0 ? permissions : [NO_PERMISSION];
      const decisions = await Promise.all(needed.map((permission) => decide(accessKeyId, permission)));
      return decisions.find(({ allowed }) => !allowed) ?? (decisions[0] as Decision);
    },
    forget: () => remembered.clear(),
  };
};
