import type { SchemaViolation } from '../errors.ts';

/**
 * The common interface of Zod, Valibot, ArkType and other libraries. It is copied, as its authors recommend.
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

/** Schemas of ArkType are functions, schemas of the other libraries are objects. */
export const isStandardSchema = (value: unknown): value is StandardSchema => {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false;
  const standard = (value as Partial<StandardSchema>)['~standard'];
  return typeof standard?.validate === 'function';
};

/**
 * Converts an issue to the form that clients read, such as `{"path": "/text", "rule": "too_small", "message": "…"}`.
 */
export const toViolation = (issue: StandardIssue): SchemaViolation => ({
  // In ArkType a path is an array whose `map` creates another path.
  path: Array.from(issue.path ?? [], (segment) => `/${escapePointer(keyOf(segment))}`).join(''),
  rule: ruleOf(issue),
  message: issue.message,
});

const keyOf = (segment: PropertyKey | { readonly key: PropertyKey }): string =>
  String(typeof segment === 'object' ? segment.key : segment);

/** https://www.rfc-editor.org/rfc/rfc6901#section-3 */
const escapePointer = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');

/** The standard has no property for the rule. Zod and ArkType call it `code`, Valibot calls it `type`. */
const ruleOf = (issue: object): string => {
  const { code, type } = issue as { code?: unknown; type?: unknown };
  return [code, type].find((name) => typeof name === 'string') ?? 'schema';
};
