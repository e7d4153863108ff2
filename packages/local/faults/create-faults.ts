import { UsageError } from '../../command-line/command.ts';
import type { GatewayFaults, PostFault } from '../gateway/calls/gateway-faults.ts';
import type { LambdaFunction } from '../model/application.ts';
import { handlerModule, shortLogicalId } from '../model/names.ts';
import { createFaultPicker } from './fault-picker.ts';
import type { FaultRule } from './parse-faults.ts';

/** A crash happens at one of the first 1,024 writes. Each order of magnitude is equally likely. */
const MAX_CRASH_WRITES = 1_024;

export interface Faults {
  gateway: GatewayFaults;
  /** Number of socket writes after which an instance crashes in this event; undefined if it does not crash. */
  crashAfterWrites(functionName: string): number | undefined;
}

/**
 * A function's names for `--fault`: `ChatFanOut1A2B3C4D`, `ChatFanOut`, its name, the file of its handler (`fan-out`).
 */
const namesOf = ({ logicalId, functionName, handler }: LambdaFunction): string[] => [
  ...[logicalId, shortLogicalId(logicalId)],
  ...[functionName, handlerModule(handler)],
];

/**
 * The faults of the gateway and the functions. The engines' faults happen in their threads.
 * @param functions Called at each event, because a reload can replace the functions.
 * @throws {UsageError} if a crash names an unknown function.
 */
export const createFaults = (
  rules: readonly FaultRule[],
  seed: number,
  functions: () => readonly LambdaFunction[],
): Faults => {
  const faultPicker = createFaultPicker(rules, seed);
  for (const { functionName } of rules) {
    if (functionName === undefined || functions().some((lambda) => namesOf(lambda).includes(functionName))) continue;
    const known = functions()
      .map(({ logicalId, handler }) => `${shortLogicalId(logicalId)} (${handlerModule(handler)})`)
      .join(', ');
    throw new UsageError(`--fault function:crash names the unknown function ${functionName}. Name one of: ${known}.`);
  }
  const outcomeOf = (): PostFault['outcome'] => {
    if (faultPicker.happens('post:hang')) return 'hang';
    if (faultPicker.happens('post:410')) return 410;
    return faultPicker.happens('post:429') ? 429 : undefined;
  };
  return {
    gateway: {
      onPost: () => {
        const delayMs = faultPicker.delayMs('post:delay');
        const outcome = outcomeOf();
        return delayMs > 0 || outcome ? { delayMs, ...(outcome && { outcome }) } : undefined;
      },
    },
    crashAfterWrites: (functionName) => {
      const lambda = functions().find((candidate) => candidate.functionName === functionName);
      if (!faultPicker.happens('function:crash', lambda ? namesOf(lambda) : [functionName])) return undefined;
      return Math.ceil(MAX_CRASH_WRITES ** faultPicker.random('function:crash at'));
    },
  };
};
