import type { Authority, Policies } from '../application.ts';
import { decide, type Grant } from './decide.ts';

export interface CountingAuthority extends Authority {
  /** Each grant that allowed a request so far, once. */
  used(): Iterable<Grant>;
}

/**
 * The policies of an application as those ask them who serve requests. A developer may do everything.
 * @param policies Asked at each request: a run may be given others.
 */
export const createAuthority = (policies: () => Policies): CountingAuthority => {
  const used = new Map<string, Grant>();
  return {
    used: () => used.values(),
    decide: (caller, action, resourceArn) => {
      if (caller.kind === 'developer') return { allowed: true };
      const decision = decide(policies(), { ...caller, action, resourceArn });
      if (!decision.allowed) return decision;
      for (const grant of decision.by) used.set(Object.values(grant).join('\0'), grant);
      return { allowed: true };
    },
  };
};
