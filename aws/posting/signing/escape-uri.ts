/**
 * Percent-encodes all but the unreserved characters of RFC 3986, as SigV4 wants it. Half a surrogate pair becomes
 * U+FFFD.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export const escapeUri = (text: string): string =>
  // Most of what is escaped here is an id, and has nothing to escape but the `=` at its end.
  text.replace(ESCAPED, (character) => BY_CHARACTER[character] ?? escapeRare(character));

const ESCAPED = /[^A-Za-z0-9\-_.~]+/g;
const BY_CHARACTER: Readonly<Record<string, string>> = { '=': '%3D', '%': '%25' };

const escapeRare = (text: string): string =>
  encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
