import type { Authority, Policies } from '../application.ts';
import { decide, type Grant } from './decide.ts';

export interface CreateAuthorityOptions {
  policies: Policies;
  /** Told of each statement that allowed a request: what `--iam-report` counts. */
  onUse?: (grants: readonly Grant[]) => void;
}

/** The policies of an application as those ask them who serve requests. A developer may do everything. */
export const createAuthority = ({ policies, onUse }: CreateAuthorityOptions): Authority => ({
  decide: (caller, action, resourceArn) => {
    if (caller.kind === 'developer') return { allowed: true };
    const decision = decide(policies, { ...caller, action, resourceArn });
    if (!decision.allowed) return decision;
    onUse?.(decision.by);
    return { allowed: true };
  },
});
