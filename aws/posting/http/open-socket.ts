import { type LookupAddress, lookup } from 'node:dns';
import {
  connect as connectTcp,
  isIP,
  type LookupFunction,
  type OnReadOpts,
  type Socket,
  type TcpNetConnectOpts,
} from 'node:net';
import { type ConnectionOptions, connect as connectTls, type SecureContext } from 'node:tls';

/** Where sockets connect to. */
export interface SocketTarget {
  readonly hostname: string;
  readonly port: number;
  readonly lookup: LookupFunction;
  /** Absent for `http:`. */
  readonly tls?: TlsTarget;
}

export interface TlsTarget {
  readonly secureContext: SecureContext;
  /** The last session of a socket to this target: the next handshake resumes it, at half the CPU. */
  session?: Buffer;
}

/** What happens to a socket. `onBytes` gets a buffer that is used again after it has returned. */
export interface SocketEvents {
  onReady(): void;
  onBytes(bytes: Buffer): void;
  /** Once, after which nothing else happens. Without an error the peer has closed. */
  onClosed(error?: Error): void;
}

const READ_BUFFER = Buffer.allocUnsafeSlow(16_384);

/**
 * Opens a TCP or TLS socket, without delay for small writes.
 *
 * It reads by `onread` into one buffer for all sockets: a fifth less CPU a post than `data` events, and 800 sockets
 * have no buffers of their own.
 */
export const openSocket = (target: SocketTarget, events: SocketEvents): Socket => {
  const { hostname, port, lookup, tls } = target;
  const onread: OnReadOpts = {
    buffer: READ_BUFFER,
    callback: (length, buffer) => {
      events.onBytes((buffer as Buffer).subarray(0, length));
      return true;
    },
  };
  const options: TcpNetConnectOpts = { host: hostname, port, lookup, noDelay: true, onread };
  // Node's TLS sockets take `onread` too (lib/internal/tls/wrap.js); the types do not know it.
  const socket = tls
    ? connectTls({ ...options, ...tls, servername: isIP(hostname) ? '' : hostname } as ConnectionOptions)
    : connectTcp(options);
  let failure: Error | undefined;
  socket.once(tls ? 'secureConnect' : 'connect', events.onReady);
  if (tls) {
    socket.on('session', (session: Buffer) => {
      tls.session = session;
    });
  }
  socket.once('end', () => socket.destroy());
  socket.on('error', (error) => {
    failure ??= error;
  });
  socket.once('close', () => events.onClosed(failure));
  return socket;
};

/** API Gateway's addresses live for 60 s. */
const LIFE_MS = 30_000;

/**
 * A `lookup` for sockets that asks the resolver once in 30 s instead of once a socket: a Lambda may send 1,024 packets
 * a second to its resolver, and 800 sockets opened at once are 1,600. Every call begins with another of the addresses,
 * so that sockets spread over them.
 */
export const createCachedLookup = (resolve: typeof lookup = lookup, now: () => number = Date.now): LookupFunction => {
  let answer: { hostname: string; at: number; addresses: Promise<readonly LookupAddress[]> } | undefined;
  let calls = 0;

  const ask = (hostname: string): Promise<readonly LookupAddress[]> =>
    new Promise((succeed, fail) => {
      resolve(hostname, { all: true }, (error, addresses) => (error ? fail(error) : succeed(addresses)));
    });

  return (hostname, options, callback) => {
    if (answer?.hostname !== hostname || now() - answer.at > LIFE_MS) {
      const fresh = { hostname, at: now(), addresses: ask(hostname) };
      answer = fresh;
      fresh.addresses.catch(() => {
        if (answer === fresh) answer = undefined;
      });
    }
    answer.addresses.then(
      (addresses) => {
        const first = calls++ % addresses.length;
        const turned = [...addresses.slice(first), ...addresses.slice(0, first)];
        if (options.all) callback(null, turned);
        else callback(null, turned[0]?.address ?? '', turned[0]?.family);
      },
      (error: NodeJS.ErrnoException) => callback(error, ''),
    );
  };
};
