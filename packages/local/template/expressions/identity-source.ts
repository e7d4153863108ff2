import { findAt } from './json-path.ts';

/** The values that an identity source can refer to. If a header or parameter is repeated, the last value counts. */
export interface IdentityVariables {
  headers: readonly (readonly [name: string, value: string])[];
  query: readonly (readonly [name: string, value: string])[];
  stageVariables: Readonly<Record<string, string>>;
  /** The request context of an event. */
  context: object;
}

const HEADER = 'route.request.header.';
const QUERY = 'route.request.querystring.';
const STAGE_VARIABLE = 'stageVariables.';
const CONTEXT = 'context.';

/** Whether an identity source has one of API Gateway's forms: header, query string, stage variable or context. */
export const isIdentitySource = (source: string): boolean =>
  [HEADER, QUERY, STAGE_VARIABLE, CONTEXT].some((form) => source.startsWith(form) && source.length > form.length);

/** The value of an identity source, `undefined` if it is absent. The case of a header name does not matter. */
export const identitySourceValue = (
  source: string,
  { headers, query, stageVariables, context }: IdentityVariables,
): unknown => {
  const name = (form: string): string => source.slice(form.length);
  if (source.startsWith(HEADER)) {
    return headers.findLast(([header]) => header.toLowerCase() === name(HEADER).toLowerCase())?.[1];
  }
  if (source.startsWith(QUERY)) return query.findLast(([parameter]) => parameter === name(QUERY))?.[1];
  if (source.startsWith(STAGE_VARIABLE)) return findAt(stageVariables, [name(STAGE_VARIABLE)]);
  return findAt(context, name(CONTEXT).split('.'));
};
