import { escapeUri } from './escape-uri.ts';

/** The path of a post, as it is on the wire and as it is signed: encoded once more. */
export interface PostPath {
  wire: string;
  canonical: string;
}

/**
 * Where posts to connections go below a callback URL.
 *
 * @param callbackUrlPath The path of the callback URL: `/production`, `/` on a custom domain. A slash at its end is
 *   taken off: `//@connections` is another path, and refused.
 */
export const createPostPath = (callbackUrlPath: string): ((connectionId: string) => PostPath) => {
  const wirePrefix = `${callbackUrlPath.replace(/\/+$/, '')}/@connections/`;
  const canonicalPrefix = wirePrefix.split('/').map(escapeUri).join('/');
  return (connectionId) => {
    const wireId = escapeUri(connectionId);
    return { wire: wirePrefix + wireId, canonical: canonicalPrefix + escapeUri(wireId) };
  };
};
