import { BlockList, isIP } from 'node:net';
import type { ApiMapping } from '../model/application.ts';
import { memoize } from '../runtime/memoize.ts';

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8);
LOOPBACK.addAddress('::1', 'ipv6');

/** The host names of an API. */
export interface ApiHosts {
  /** The custom domain name that a request was sent to, or otherwise the API's own domain name. */
  domainName(host: string | undefined): string;
  /**
   * The path of a request with the stage first: `/production/@connections/…`. A URL on a custom domain name has a base
   * path, or nothing, in place of the stage. If several base paths match, the longest counts.
   *
   * @returns `undefined` if the host is not this API's, or if the base path does not lead to a stage.
   */
  stagePath(host: string | undefined, url: string): string | undefined;
}

export interface ApiHostsOptions {
  /** The address that the gateway listens on. */
  listeningOn: string;
  /** The API's own domain name. */
  domainName: string;
  mappings: readonly ApiMapping[];
}

/**
 * Finds out whether a request is for this API, and for which stage. API Gateway refuses host names that are not its
 * own. The local gateway accepts the API's domain names, `localhost` and IP addresses, so a web page cannot reach it
 * through a host name that the page's owner points to this machine. A gateway that listens beyond this machine does not
 * know its own names, so it accepts every name.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-mappings.html
 */
export const apiHosts = ({ listeningOn, domainName, mappings }: ApiHostsOptions): ApiHosts => {
  const isOpen = listeningOn !== 'localhost' && !isLoopback(listeningOn);
  const kindOf = memoize((host): 'custom' | 'own' | 'foreign' => {
    const name = nameOf(host);
    if (mappings.some((mapping) => mapping.domainName === name)) return 'custom';
    if (isOpen || name === domainName || name === 'localhost' || name.endsWith('.localhost')) return 'own';
    return isIP(name.replace(/^\[(.*)\]$/, '$1')) === 0 ? 'foreign' : 'own';
  });
  const longestFirst = [...mappings].sort((a, b) => b.basePath.length - a.basePath.length);
  const mappedPath = (host: string, url: string): string | undefined => {
    const [path] = url.split('?', 1);
    const mapping = longestFirst.find(
      ({ domainName, basePath }) =>
        domainName === nameOf(host) && (basePath === '' || `${path}/`.startsWith(`/${basePath}/`)),
    );
    if (!mapping) return undefined;
    return `/${mapping.stageName}${mapping.basePath === '' ? url : url.slice(1 + mapping.basePath.length)}`;
  };
  return {
    domainName: (host = '') => (kindOf(host) === 'custom' ? nameOf(host) : domainName),
    stagePath: (host = '', url) => {
      const kind = kindOf(host);
      if (kind === 'own') return url;
      return kind === 'custom' ? mappedPath(host, url) : undefined;
    },
  };
};

const nameOf = (host: string): string => host.replace(/:\d*$/, '').toLowerCase();

const isLoopback = (address: string): boolean => {
  const version = isIP(address);
  return version !== 0 && LOOPBACK.check(address, version === 4 ? 'ipv4' : 'ipv6');
};
