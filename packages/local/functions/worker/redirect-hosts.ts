import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';
import tls from 'node:tls';

/** What a client asks of a TLS socket before it uses it. */
const asSecureSocket = (socket: net.Socket): tls.TLSSocket =>
  Object.assign(socket, {
    encrypted: true as const,
    authorized: true,
    alpnProtocol: false as const,
    isSessionReused: () => false,
    getSession: () => undefined,
    getPeerCertificate: () => ({}),
    getCipher: () => ({ name: '', standardName: '', version: '' }),
    getProtocol: () => 'TLSv1.3',
    setServername: () => {},
  }) as unknown as tls.TLSSocket;

const partsOf = (address: string): { host: string; port: number } => {
  const { hostname, port } = new URL(`http://${address}`);
  return { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 80) };
};

/**
 * Makes this thread's TLS connections to AWS's hosts reach the local services, without TLS: a function that builds
 * `https://{domainName}/{stage}` from its event talks to the local gateway. A host of AWS that the run does not have
 * fails to connect and is reported; every other host is left alone.
 */
export const redirectHosts = (hosts: ReadonlyMap<string, string>, reportUnknown: (host: string) => void): void => {
  const connect = tls.connect as (options: tls.ConnectionOptions, listener?: () => void) => tls.TLSSocket;
  tls.connect = ((options: tls.ConnectionOptions, listener?: () => void) => {
    const host = options?.servername || options?.host || '';
    const address = hosts.get(host);
    if (address === undefined && !host.endsWith('.amazonaws.com')) return connect(options, listener);
    if (address === undefined) reportUnknown(host);
    const socket = asSecureSocket(
      address === undefined ? new net.Socket() : net.connect({ ...partsOf(address), noDelay: true }),
    );
    if (listener) socket.once('secureConnect', listener);
    if (address !== undefined) socket.once('connect', () => socket.emit('secureConnect'));
    else socket.destroy(new Error(`The local run has no ${host}`));
    return socket;
  }) as typeof tls.connect;
  syncBuiltinESMExports();
};
