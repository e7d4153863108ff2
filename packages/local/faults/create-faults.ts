import { UsageError } from '../../command-line/command.ts';
import type { GatewayFaults, PostFault } from '../gateway/calls/gateway-faults.ts';
import type { LambdaFunction } from '../model/application.ts';
import { handlerModule, shortLogicalId } from '../model/names.ts';
import { createFaultDice } from './fault-dice.ts';
import type { FaultRule } from './parse-faults.ts';

/** A crash comes at a write from the first to about the thousandth, each order of magnitude as likely as the next. */
const MAX_CRASH_WRITES = 1_024;

export interface Faults {
  gateway: GatewayFaults;
  /** At which of its writes to a socket an instance dies in this event; undefined lets it live. */
  crashAfterWrites(functionName: string): number | undefined;
}

/** `ChatFanOut1A2B3C4D`, `ChatFanOut`, its name, or the file of its handler: `fan-out`. */
const namesOf = ({ logicalId, functionName, handler }: LambdaFunction): string[] => [
  ...[logicalId, shortLogicalId(logicalId)],
  ...[functionName, handlerModule(handler)],
];

/**
 * The faults of the gateway and the functions; those of the engines happen in their threads.
 * @param functions Asked at each event: a run may be given others.
 * @throws {UsageError} one sentence, where a crash names a function that there is not.
 */
export const createFaults = (
  rules: readonly FaultRule[],
  seed: number,
  functions: () => readonly LambdaFunction[],
): Faults => {
  const dice = createFaultDice(rules, seed);
  for (const { functionName } of rules) {
    if (functionName === undefined || functions().some((lambda) => namesOf(lambda).includes(functionName))) continue;
    const known = functions()
      .map(({ logicalId, handler }) => `${shortLogicalId(logicalId)} (${handlerModule(handler)})`)
      .join(', ');
    throw new UsageError(
      `--fault function:crash names ${functionName}, which is no function here; there are ${known}.`,
    );
  }
  const outcomeOf = (): PostFault['outcome'] => {
    if (dice.happens('post:hang')) return 'hang';
    if (dice.happens('post:410')) return 410;
    return dice.happens('post:429') ? 429 : undefined;
  };
  return {
    gateway: {
      onPost: () => {
        const delayMs = dice.delayMs('post:delay');
        const outcome = outcomeOf();
        return delayMs > 0 || outcome ? { delayMs, ...(outcome && { outcome }) } : undefined;
      },
    },
    crashAfterWrites: (functionName) => {
      const lambda = functions().find((candidate) => candidate.functionName === functionName);
      if (!dice.happens('function:crash', lambda ? namesOf(lambda) : [functionName])) return undefined;
      return Math.ceil(MAX_CRASH_WRITES ** dice.roll('function:crash at'));
    },
  };
};
