import type { Authority, Caller, Policies } from '../model/application.ts';
import { type Decision, decide, type Grant } from './decide.ts';

type FunctionCaller = Extract<Caller, { kind: 'function' }>;

export interface CountingAuthority extends Authority {
  /** Each grant that allowed a request so far, once. */
  used(): Iterable<Grant>;
}

/** A broadcast asks the same thousands of times a second. */
const MOST_REMEMBERED = 1_000;

/**
 * The policies of an application as those ask them who serve requests. A developer may do everything.
 * @param policies Asked at each request: a run may be given others.
 */
export const createAuthority = (policies: () => Policies): CountingAuthority => {
  const used = new Map<string, Grant>();
  const remembered = new Map<string, Decision>();
  let decidedBy: Policies | undefined;

  const decideOnce = (caller: FunctionCaller, action: string, resourceArn: string): Decision => {
    const current = policies();
    if (current !== decidedBy || remembered.size >= MOST_REMEMBERED) remembered.clear();
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
      const decision = decideOnce(caller, action, resourceArn);
      return decision.allowed ? { allowed: true } : decision;
    },
  };
};
