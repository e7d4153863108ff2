import type { Decision, Permission } from './engine-protocol.ts';

/** Of distinct requests, so that a function that makes up names does not fill the memory. */
const MAX_REMEMBERED = 10_000;

export interface Decisions {
  /** All must be allowed; the first refusal counts. A request that needs nothing still needs a key that is known. */
  authorize(accessKeyId: string, permissions: readonly Permission[]): Promise<Decision>;
  forget(): void;
}

const NOTHING: Permission = { action: '', resourceArn: '' };

/**
 * Asks the main thread once for each key, action and resource, and remembers: policies change only with a deployment.
 * So there is one authority, one count of grants that were used, and no round trip between threads on a warm path.
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
      const needed = permissions.length > 0 ? permissions : [NOTHING];
      const decisions = await Promise.all(needed.map((permission) => decide(accessKeyId, permission)));
      return decisions.find(({ allowed }) => !allowed) ?? (decisions[0] as Decision);
    },
    forget: () => remembered.clear(),
  };
};
