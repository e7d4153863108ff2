import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';
import tls from 'node:tls';

/** Adds the members of a TLS socket that a client reads before it uses the socket. */
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
 * Redirects this thread's TLS connections from AWS's hosts to the local services, without TLS. A function that builds
 * `https://{domainName}/{stage}` from its event then calls the local gateway. A connection to a host of AWS that the
 * run does not have fails and is reported. Connections to other hosts, and to a host whose address
 * is its own name, do not change.
 */
export const redirectHosts = (hosts: ReadonlyMap<string, string>, reportUnknown: (host: string) => void): void => {
  const connect = tls.connect as (options: tls.ConnectionOptions, listener?: () => void) => tls.TLSSocket;
  tls.connect = ((options: tls.ConnectionOptions, listener?: () => void) => {
    const host = options?.servername || options?.host || '';
    const address = hosts.get(host);
    const isElsewhere = address === host || (address === undefined && !host.endsWith('.amazonaws.com'));
    if (isElsewhere) return connect(options, listener);
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
