/** Ports here by host of AWS: `{apiId}.execute-api.{region}.amazonaws.com`. */
export type LocalPorts = ReadonlyMap<string, number>;

/**
 * Replaces the URLs of API Gateway in a text by those they have here: `https://{api}…/production` is
 * `http://127.0.0.1:3001/production`. A host without a scheme stays: whoever connects to it is redirected.
 */
export const localEndpoints = (text: string, ports: LocalPorts): string =>
  [...ports].reduce(
    (replaced, [host, port]) =>
      replaced
        .replaceAll(`https://${host}`, `http://127.0.0.1:${port}`)
        .replaceAll(`wss://${host}`, `ws://127.0.0.1:${port}`),
    text,
  );
