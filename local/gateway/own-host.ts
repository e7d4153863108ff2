import { BlockList, isIP } from 'node:net';
import { remember } from './remember.ts';

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8);
LOOPBACK.addAddress('::1', 'ipv6');

/**
 * Makes the check of a request's `Host`. API Gateway refuses names that are not its own; here the API's domain name,
 * `localhost` and addresses are ours. So a web page whose name was made to resolve to this machine reaches nothing. Who
 * listens beyond this machine has names that are not known here, so everything is taken there.
 */
export const ownHost = (listeningOn: string, domainName: string): ((host: string | undefined) => boolean) => {
  if (listeningOn !== 'localhost' && !isLoopback(listeningOn)) return () => true;
  const isOwn = remember((host) => {
    const name = host.replace(/:\d*$/, '').toLowerCase();
    if (name === domainName || name === 'localhost' || name.endsWith('.localhost')) return true;
    return isIP(name.replace(/^\[(.*)\]$/, '$1')) !== 0;
  });
  return (host = '') => isOwn(host);
};

const isLoopback = (address: string): boolean => {
  const version = isIP(address);
  return version !== 0 && LOOPBACK.check(address, version === 4 ? 'ipv4' : 'ipv6');
};
