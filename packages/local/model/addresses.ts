/** The host to put in a URL for a server that listens on `host`. For 0.0.0.0 and :: that is the loopback address. */
export const connectableHost = (host: string): string => {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
};

/** Local addresses (`127.0.0.1:3001`) by the host on AWS: `{apiId}.execute-api.{region}.amazonaws.com`. */
export type LocalAddresses = ReadonlyMap<string, string>;

/**
 * Replaces API Gateway's URLs in text with local ones: `https://{api}…/production` becomes
 * `http://127.0.0.1:3001/production`. A host without a scheme stays, because connections to it are redirected.
 */
export const localEndpoints = (text: string, addresses: LocalAddresses): string =>
  [...addresses].reduce(
    (replaced, [host, address]) =>
      replaced.replaceAll(`https://${host}`, `http://${address}`).replaceAll(`wss://${host}`, `ws://${address}`),
    text,
  );
