import { createHash, randomBytes } from 'node:crypto';
import { newTraceRoot } from '../model/new-trace-root.ts';

/** Lambda stops a chain of requests after about this many invocations of one function. https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html */
const MAX_ROUNDS = 16;

const hashOf = (functionArn: string): string => createHash('sha256').update(functionArn).digest('hex').slice(0, 8);

/** Reads `Lineage=a87bd80c:1|68fd508a:5`: how often each function, by hash, ran in the chain of requests. */
const lineageOf = (traceHeader: string | undefined): Map<string, number> => {
  const [, text = ''] = /(?:^|;)Lineage=([^;]*)/.exec(traceHeader ?? '') ?? [];
  return new Map(
    text
      .split('|')
      .map((entry) => entry.split(':'))
      .filter((parts): parts is [string, string] => parts.length === 2)
      .map(([hash, count]) => [hash, Number(count)]),
  );
};

/** How often this function ran in the chain of requests. */
export const roundsOf = (traceHeader: string | undefined, functionArn: string): number =>
  lineageOf(traceHeader).get(hashOf(functionArn)) ?? 0;

export const isRecursiveLoop = (traceHeader: string | undefined, functionArn: string): boolean =>
  roundsOf(traceHeader, functionArn) >= MAX_ROUNDS;

/** Makes the trace header for the invocation of a batch: the longest chain through the function, plus one round. */
export const nextTraceHeader = (traceHeaders: readonly (string | undefined)[], functionArn: string): string => {
  const [longest] = [...traceHeaders].sort((a, b) => roundsOf(b, functionArn) - roundsOf(a, functionArn));
  const lineage = lineageOf(longest);
  lineage.set(hashOf(functionArn), roundsOf(longest, functionArn) + 1);
  const [root = newTraceRoot(Date.now())] = /Root=[^;]+/.exec(longest ?? '') ?? [];
  const entries = [...lineage].map(([hash, count]) => `${hash}:${count}`).join('|');
  return `${root};Parent=${randomBytes(8).toString('hex')};Sampled=0;Lineage=${entries}`;
};
