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

/**
 * Makes this thread's TLS connections to AWS's hosts reach the local services, without TLS: a function that builds
 * `https://{domainName}/{stage}` from its event talks to the local gateway. A host of AWS that the run does not have
 * fails to connect and is reported; every other host is left alone.
 */
export const redirectHosts = (hosts: ReadonlyMap<string, number>, reportUnknown: (host: string) => void): void => {
  const connect = tls.connect as (options: tls.ConnectionOptions, listener?: () => void) => tls.TLSSocket;
  tls.connect = ((options: tls.ConnectionOptions, listener?: () => void) => {
    const host = options?.servername || options?.host || '';
    const port = hosts.get(host);
    if (port === undefined && !host.endsWith('.amazonaws.com')) return connect(options, listener);
    if (port === undefined) reportUnknown(host);
    const socket = asSecureSocket(
      port === undefined ? new net.Socket() : net.connect({ host: '127.0.0.1', port, noDelay: true }),
    );
    if (listener) socket.once('secureConnect', listener);
    if (port !== undefined) socket.once('connect', () => socket.emit('secureConnect'));
    else socket.destroy(new Error(`The local run has no ${host}`));
    return socket;
  }) as typeof tls.connect;
  syncBuiltinESMExports();
};
