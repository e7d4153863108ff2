import { type LookupAddress, lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';

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
