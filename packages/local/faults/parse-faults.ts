import { UsageError } from '../../command-line/command.ts';

/** One `--fault`, as data that can be sent to a thread. */
export interface FaultRule {
  kind: FaultKind;
  /** Chance on each occasion, from 0 to 1. */
  probability: number;
  /** Mean of a delay, in milliseconds. */
  delayMs?: number;
  /** Largest deviation from the mean, in milliseconds. */
  spreadMs?: number;
  /** The only function that crashes, by its name, logical id or handler file. */
  functionName?: string;
}

export type FaultKind =
  | 'post:410'
  | 'post:429'
  | 'post:hang'
  | 'post:delay'
  | 'sqs:duplicate'
  | 'sqs:delay'
  | 'dynamodb:throttle'
  | 'function:crash';

const PROBABILITY_KINDS: ReadonlySet<string> = new Set([
  'post:410',
  'post:429',
  'post:hang',
  'sqs:duplicate',
  'dynamodb:throttle',
]);
const DELAY_KINDS: ReadonlySet<string> = new Set(['post:delay', 'sqs:delay']);

const SYNTAX =
  'post:410=1%, post:429=1%, post:hang=1%, post:delay=20ms±10ms, sqs:duplicate=1%, sqs:delay=2s, dynamodb:throttle=1%, function:crash=1% or function:crash=fan-out@1%';

const PROBABILITY = /^(\d+(?:\.\d+)?)%$/;
const DURATION = /^(\d+(?:\.\d+)?)(ms|s)$/;

const probabilityOf = (text: string): number | undefined => {
  const [, percent] = PROBABILITY.exec(text) ?? [];
  return percent === undefined || Number(percent) > 100 ? undefined : Number(percent) / 100;
};

const durationMsOf = (text: string): number | undefined => {
  const [, count, unit] = DURATION.exec(text) ?? [];
  return count === undefined ? undefined : Number(count) * (unit === 's' ? 1_000 : 1);
};

const ruleOf = (kind: string, value: string): FaultRule | undefined => {
  if (DELAY_KINDS.has(kind)) {
    const [delayMs, spreadMs] = value.split(/±|\+-/).map(durationMsOf);
    if (delayMs === undefined || (/±|\+-/.test(value) && spreadMs === undefined)) return undefined;
    return { kind: kind as FaultKind, probability: 1, delayMs, spreadMs: spreadMs ?? 0 };
  }
  const named = kind === 'function:crash' ? /^(.+)@([^@]+)$/.exec(value) : null;
  const probability = probabilityOf(named?.[2] ?? value);
  if (probability === undefined || !(PROBABILITY_KINDS.has(kind) || kind === 'function:crash')) return undefined;
  return { kind: kind as FaultKind, probability, ...(named?.[1] && { functionName: named[1] }) };
};

/**
 * Reads `--fault` options. One option may contain several faults, separated by commas.
 * @throws {UsageError} with the invalid fault and the valid forms.
 */
export const parseFaults = (options: readonly string[]): FaultRule[] =>
  options
    .flatMap((option) => option.split(','))
    .map((text) => text.trim())
    .filter(Boolean)
    .map((text) => {
      const [kind = '', ...value] = text.split('=');
      const rule = ruleOf(kind, value.join('='));
      if (rule) return rule;
      throw new UsageError(`--fault ${text} is invalid. Use ${SYNTAX}.`);
    });
