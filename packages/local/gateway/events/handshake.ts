import type { Stage } from '../../model/application.ts';

/** Headers or query parameters as they came: in their order, repeated ones repeated. */
export type NameValues = readonly (readonly [name: string, value: string])[];

/** What a valid upgrade request said. */
export interface Handshake {
  stage: Stage;
  /** The API's own, or a custom one. */
  domainName: string;
  /** In the client's case. */
  headers: NameValues;
  /** Decoded; empty without a query string. */
  query: NameValues;
  sourceIp: string;
  userAgent?: string;
}

/** A map of names to their last value, and one to all their values, as events carry headers and query strings. */
export interface MultiValue {
  single: Readonly<Record<string, string>>;
  multi: Readonly<Record<string, readonly string[]>>;
}

/**
 * Groups name-value pairs. Names that `sameName` makes equal are one, written as they came first.
 * The maps have no prototype: a client names the keys.
 */
export const multiValue = (pairs: NameValues, sameName: (name: string) => string = (name) => name): MultiValue => {
  const written = new Map<string, string>();
  const single: Record<string, string> = Object.create(null);
  const multi: Record<string, string[]> = Object.create(null);
  for (const [name, value] of pairs) {
    const first = written.get(sameName(name)) ?? name;
    written.set(sameName(name), first);
    single[first] = value;
    multi[first] = [...(multi[first] ?? []), value];
  }
  return { single, multi };
};
