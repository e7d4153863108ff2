/** The URL without its query string, user and password: a token may be in them, and reports are shown around. */
export const publicUrl = (url: string): string => {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
};
