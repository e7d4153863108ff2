import type { SignedRequest } from './canonical-request.ts';

const SIGNATURE = 'X-Amz-Signature=';
/** Longest validity. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html */
const MAX_EXPIRES_SECONDS = 604_800;

/**
 * Moves a signature from the query string to the headers. WebSocket clients in browsers sign in the query string,
 * because they cannot send headers. Returns any other request unchanged.
 */
export const moveSignatureToHeaders = (request: SignedRequest): SignedRequest => {
  const start = request.url.indexOf('?');
  const pairs = start === -1 ? [] : request.url.slice(start + 1).split('&');
  if (request.headers.authorization !== undefined || !pairs.some((pair) => pair.startsWith(SIGNATURE))) return request;
  const parameters = new URLSearchParams(request.url.slice(start + 1).replaceAll('+', '%2B'));
  const value = (name: string): string => parameters.get(`X-Amz-${name}`) ?? '';
  const validForSeconds = Math.min(Number(value('Expires')), MAX_EXPIRES_SECONDS);
  return {
    ...request,
    url: `${request.url.slice(0, start)}?${pairs.filter((pair) => !pair.startsWith(SIGNATURE)).join('&')}`,
    headers: {
      ...request.headers,
      authorization: `${value('Algorithm')} Credential=${value('Credential')}, SignedHeaders=${value('SignedHeaders')}, Signature=${value('Signature')}`,
      'x-amz-date': value('Date'),
      'x-amz-security-token': parameters.get('X-Amz-Security-Token') ?? undefined,
    },
    ...(validForSeconds > 0 && { validForMs: validForSeconds * 1_000 }),
  };
};
