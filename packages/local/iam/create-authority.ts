import type { Authority, Caller, Policies } from '../model/application.ts';
import { type Decision, decide, type Grant } from './decide.ts';

type FunctionCaller = Extract<Caller, { kind: 'function' }>;

export interface CountingAuthority extends Authority {
  /** The grants that allowed a request so far, without duplicates. */
  used(): Iterable<Grant>;
}

/** Most decisions that are remembered: a broadcast needs the same ones thousands of times a second. */
const MAX_REMEMBERED = 1_000;

/**
 * Creates the authority that services ask before they serve a request. A developer is allowed everything.
 * @param policies Called for each request, because a reload may change the policies.
 */
export const createAuthority = (policies: () => Policies): CountingAuthority => {
  const used = new Map<string, Grant>();
  const remembered = new Map<string, Decision>();
  let decidedBy: Policies | undefined;

  const decideAndRemember = (caller: FunctionCaller, action: string, resourceArn: string): Decision => {
    const current = policies();
    if (current !== decidedBy || remembered.size >= MAX_REMEMBERED) remembered.clear();
    decidedBy = current;
    const question = `${caller.functionName} ${caller.roleArn} ${action} ${resourceArn}`;
    const known = remembered.get(question);
    if (known) return known;
    const decision = decide(current, { ...caller, action, resourceArn });
    remembered.set(question, decision);
    if (decision.allowed) for (const grant of decision.by) used.set(Object.values(grant).join('\0'), grant);
    return decision;
  };

  return {
    used: () => used.values(),
    decide: (caller, action, resourceArn) => {
      if (caller.kind === 'developer') return { allowed: true };
      const decision = decideAndRemember(caller, action, resourceArn);
      return decision.allowed ? { allowed: true } : decision;
    },
  };
};
