import { BlockList, isIP } from 'node:net';
import type { ApiMapping } from '../model/application.ts';
import { remember } from '../runtime/remember.ts';

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8);
LOOPBACK.addAddress('::1', 'ipv6');

/** The host names of an API. */
export interface ApiHosts {
  /** The domain name that a request was sent to: a custom one, else the API's own. */
  domainName(host: string | undefined): string;
  /**
   * A request's path with the stage first, `/production/@connections/…`: on a custom domain name there is a base path in
   * its place, or nothing; of several the longest that fits. `undefined` where the host is not this API's or the base path leads to none of its stages.
   */
  stagePath(host: string | undefined, url: string): string | undefined;
}

export interface ApiHostsOptions {
  /** The address that the gateway listens on. */
  listeningOn: string;
  /** The API's own. */
  domainName: string;
  mappings: readonly ApiMapping[];
}

/**
 * API Gateway refuses names that are not its own; here the API's domain names, `localhost` and addresses are ours. So a
 * web page whose name was made to resolve to this machine reaches nothing. Who listens beyond this machine has names that
 * are not known here, so everything is taken there.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-mappings.html
 */
export const apiHosts = ({ listeningOn, domainName, mappings }: ApiHostsOptions): ApiHosts => {
  const isOpen = listeningOn !== 'localhost' && !isLoopback(listeningOn);
  const kindOf = remember((host): 'custom' | 'own' | 'foreign' => {
    const name = nameOf(host);
    if (mappings.some((mapping) => mapping.domainName === name)) return 'custom';
    if (isOpen || name === domainName || name === 'localhost' || name.endsWith('.localhost')) return 'own';
    return isIP(name.replace(/^\[(.*)\]$/, '$1')) === 0 ? 'foreign' : 'own';
  });
  const longestFirst = [...mappings].sort((a, b) => b.basePath.length - a.basePath.length);
  const mapped = (host: string, url: string): string | undefined => {
    const [path] = url.split('?', 1);
    const found = longestFirst.find(
      (mapping) =>
        mapping.domainName === nameOf(host) &&
        (mapping.basePath === '' || `${path}/`.startsWith(`/${mapping.basePath}/`)),
    );
    if (!found) return undefined;
    return `/${found.stageName}${found.basePath === '' ? url : url.slice(1 + found.basePath.length)}`;
  };
  return {
    domainName: (host = '') => (kindOf(host) === 'custom' ? nameOf(host) : domainName),
    stagePath: (host = '', url) => {
      const kind = kindOf(host);
      if (kind === 'own') return url;
      return kind === 'custom' ? mapped(host, url) : undefined;
    },
  };
};

const nameOf = (host: string): string => host.replace(/:\d*$/, '').toLowerCase();

const isLoopback = (address: string): boolean => {
  const version = isIP(address);
  return version !== 0 && LOOPBACK.check(address, version === 4 ? 'ipv4' : 'ipv6');
};
