/** The host to put in a URL for a server that listens on `host`. For 0.0.0.0 and :: that is the loopback address. */
export const connectableHost = (host: string): string => {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
};

/** Addresses here, `127.0.0.1:3001`, by host of AWS: `{apiId}.execute-api.{region}.amazonaws.com`. */
export type LocalAddresses = ReadonlyMap<string, string>;

/**
 * Replaces the URLs of API Gateway in a text by those they have here: `https://{api}…/production` is
 * `http://127.0.0.1:3001/production`. A host without a scheme stays: whoever connects to it is redirected.
 */
export const localEndpoints = (text: string, addresses: LocalAddresses): string =>
  [...addresses].reduce(
    (replaced, [host, address]) =>
      replaced.replaceAll(`https://${host}`, `http://${address}`).replaceAll(`wss://${host}`, `ws://${address}`),
    text,
  );
