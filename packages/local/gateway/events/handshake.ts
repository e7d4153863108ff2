import type { Stage } from '../../model/application.ts';

/** Headers or query parameters in the order in which they came, with repeated names. */
export type NameValues = readonly (readonly [name: string, value: string])[];

/** The contents of a valid upgrade request. */
export interface Handshake {
  stage: Stage;
  /** The API's own domain name, or a custom one. */
  domainName: string;
  /** Names keep the client's case. */
  headers: NameValues;
  /** Decoded. Empty without a query string. */
  query: NameValues;
  sourceIp: string;
  userAgent?: string;
}

/** Headers or query parameters as events carry them: each name with its last value, and with all its values. */
export interface MultiValue {
  single: Readonly<Record<string, string>>;
  multi: Readonly<Record<string, readonly string[]>>;
}

/**
 * Groups name-value pairs. Names that `normalize` makes equal are one name, spelt as the first of them.
 * The maps have no prototype, because a client chooses the keys.
 */
export const multiValue = (pairs: NameValues, normalize: (name: string) => string = (name) => name): MultiValue => {
  const spellings = new Map<string, string>();
  const single: Record<string, string> = Object.create(null);
  const multi: Record<string, string[]> = Object.create(null);
  for (const [name, value] of pairs) {
    const first = spellings.get(normalize(name)) ?? name;
    spellings.set(normalize(name), first);
    single[first] = value;
    multi[first] = [...(multi[first] ?? []), value];
  }
  return { single, multi };
};
