import type { SchemaViolation } from '../../schemas/errors.ts';

/**
 * What Zod, Valibot, ArkType and others agree on. The interface is theirs, copied, as they ask.
 * @see https://standardschema.dev
 */
export interface StandardSchema<Input = unknown, Output = Input> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => StandardResult<Output> | Promise<StandardResult<Output>>;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

export type StandardResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly StandardIssue[] };

export interface StandardIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** ArkType's are functions, the others' objects. */
export const isStandardSchema = (value: unknown): value is StandardSchema => {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false;
  const standard = (value as Partial<StandardSchema>)['~standard'];
  return typeof standard?.validate === 'function';
};

/** An issue as a client reads it: `{"path": "/message", "rule": "too_small", "message": "Too small: …"}`. */
export const toViolation = (issue: StandardIssue): SchemaViolation => ({
  // ArkType's path is an array whose own `map` makes another path.
  path: Array.from(issue.path ?? [], (segment) => `/${escapePointer(keyOf(segment))}`).join(''),
  rule: ruleOf(issue),
  message: issue.message,
});

const keyOf = (segment: PropertyKey | { readonly key: PropertyKey }): string =>
  String(typeof segment === 'object' ? segment.key : segment);

/** https://www.rfc-editor.org/rfc/rfc6901#section-3 */
const escapePointer = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');

/** The standard has no name for it. Zod and ArkType call it `code`, Valibot `type`. */
const ruleOf = (issue: object): string => {
  const { code, type } = issue as { code?: unknown; type?: unknown };
  return [code, type].find((name) => typeof name === 'string') ?? 'schema';
};
