/** What to connect to, as in a URL, where something listens on `host`: on all addresses it is reached by the loopback. */
export const reachable = (host: string): string => {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
};
