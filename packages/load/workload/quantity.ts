import { expecting, type Parse } from '../../command-line/command.ts';

interface Kind {
  pattern: RegExp;
  /** Converts the groups of the pattern to the unit of the kind. */
  read(value: number, unit: string): number;
  expected: string;
}

const MS = { ms: 1, s: 1_000, m: 60_000, min: 60_000, h: 3_600_000 } as const;
const BYTES = { B: 1, KB: 1_024, MB: 1_048_576 } as const;
const PER_SECOND = { s: 1, min: 1 / 60, h: 1 / 3_600 } as const;

const KINDS = {
  /** A whole number. */
  count: { pattern: /^(\d+)$/, read: (value) => value, expected: 'a whole number such as 200' },
  /** Milliseconds. */
  duration: {
    pattern: /^(\d+(?:\.\d+)?)(ms|s|m|min|h)$/,
    read: (value, unit) => value * MS[unit as keyof typeof MS],
    expected: 'a duration such as 500ms, 30s, 5m or 1h',
  },
  /** Bytes. 1 KB is 1,024 bytes, as in API Gateway's quotas. */
  bytes: {
    pattern: /^(\d+(?:\.\d+)?)(B|KB|MB)$/,
    read: (value, unit) => Math.round(value * BYTES[unit as keyof typeof BYTES]),
    expected: 'a size such as 200B or 2KB',
  },
  /** Per second. */
  rate: {
    pattern: /^(\d+(?:\.\d+)?)\/(s|min|h)$/,
    read: (value, unit) => value * PER_SECOND[unit as keyof typeof PER_SECOND],
    expected: 'a rate such as 10/s or 30/min',
  },
  /** A share of one. */
  share: { pattern: /^(\d+(?:\.\d+)?)%$/, read: (value) => value / 100, expected: 'a share such as 5%' },
  /** A share of one, per second. */
  shareRate: {
    pattern: /^(\d+(?:\.\d+)?)%\/(s|min)$/,
    read: (value, unit) => (value / 100) * PER_SECOND[unit as keyof typeof PER_SECOND],
    expected: 'a share a second such as 2%/s',
  },
} as const satisfies Record<string, Kind>;

export type QuantityKind = keyof typeof KINDS;

/**
 * Makes a parser for a number with its unit: `30s` is 30,000 milliseconds, `2KB` is 2,048 bytes, `2%/s` is 0.02 a
 * second.
 * @param fits Returns whether a value is allowed. Default: every value is.
 * @param bounds Describes the allowed values in the error: `at least 2`.
 */
export const quantity = (kind: QuantityKind, fits = (_value: number): boolean => true, bounds = ''): Parse<number> => {
  const { pattern, read, expected }: Kind = KINDS[kind];
  return expecting(`${expected}${bounds && `, ${bounds}`}`, (given) => {
    const [, number, unit = ''] = pattern.exec(given) ?? [];
    if (number === undefined) return undefined;
    const value = read(Number(number), unit);
    return fits(value) ? value : undefined;
  });
};
