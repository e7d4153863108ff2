import type { Handshake } from '../../gateway/events/handshake.ts';
import type { RequestContext } from '../../gateway/events/request-context.ts';
import { findAt } from './json-path.ts';

const HEADER = 'route.request.header.';
const QUERY = 'route.request.querystring.';
const STAGE_VARIABLE = 'stageVariables.';
const CONTEXT = 'context.';

/** Whether an authorizer's identity source is one of the forms that exist: header, query string, stage variable, context. */
export const isIdentitySource = (source: string): boolean =>
  [HEADER, QUERY, STAGE_VARIABLE, CONTEXT].some((form) => source.startsWith(form) && source.length > form.length);

/** The value of an identity source in a handshake, `undefined` where there is none. Header names differ in case at will. */
export const identitySourceValue = (
  source: string,
  { headers, query, stage, context }: Pick<Handshake, 'headers' | 'query' | 'stage'> & { context: RequestContext },
): unknown => {
  const name = (form: string): string => source.slice(form.length);
  if (source.startsWith(HEADER)) {
    return headers.findLast(([header]) => header.toLowerCase() === name(HEADER).toLowerCase())?.[1];
  }
  if (source.startsWith(QUERY)) return query.findLast(([parameter]) => parameter === name(QUERY))?.[1];
  if (source.startsWith(STAGE_VARIABLE)) return findAt(stage.variables, [name(STAGE_VARIABLE)]);
  return findAt(context, name(CONTEXT).split('.'));
};
