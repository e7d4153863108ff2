import { type Gateway, type GatewayOptions, startGateway } from '../gateway/start-gateway.ts';
import { type LocalAddresses, reachable } from '../model/addresses.ts';
import type { Application } from '../model/application.ts';
import type { GatewayLog, LocalLog } from '../model/local-event.ts';

export interface Gateways {
  /** In the order of the application's APIs. */
  all: readonly Gateway[];
  /** By the domain name of each API. */
  addresses: LocalAddresses;
  /** The same by their custom domain names: on those, a URL has no stage. */
  customAddresses: LocalAddresses;
  stop(): Promise<void>;
}

export interface StartGatewaysOptions
  extends Pick<GatewayOptions, 'host' | 'port' | 'invoker' | 'keyring' | 'authority' | 'clock' | 'faults' | 'pages'> {
  application: Application;
  log: LocalLog;
}

/**
 * Starts a gateway for each API, on one port after the other, or on free ones where the port is 0.
 * @throws {Error} where a port is taken, with what to do about it. None is left running then.
 */
export const startGateways = async ({ application, port, log, ...shared }: StartGatewaysOptions): Promise<Gateways> => {
  const { apis, region, accountId } = application;
  const all: Gateway[] = [];
  const stop = async () => {
    await Promise.all(all.map((gateway) => gateway.stop()));
  };
  try {
    for (const [index, api] of apis.entries()) {
      const own = port === 0 ? 0 : port + index;
      const logOfApi: GatewayLog = (event) => log({ ...event, api: api.name });
      all.push(
        await startGateway({ ...shared, api, region, accountId, port: own, log: logOfApi }).catch((error) =>
          refuseListening(error, shared.host, own),
        ),
      );
    }
  } catch (error) {
    await stop();
    throw error;
  }
  const addressOf = (index: number): string => `${reachable(shared.host)}:${(all[index] as Gateway).port}`;
  return {
    all,
    stop,
    addresses: new Map(
      apis.map(({ apiId }, index) => [`${apiId}.execute-api.${region}.amazonaws.com`, addressOf(index)]),
    ),
    customAddresses: new Map(
      apis.flatMap(({ mappings }, index) => mappings.map(({ domainName }) => [domainName, addressOf(index)] as const)),
    ),
  };
};

const refuseListening = (error: NodeJS.ErrnoException, host: string, port: number): never => {
  const cause = { cause: error };
  if (error.code === 'EADDRINUSE')
    throw new Error(`Port ${port} is taken: end what listens there, or choose another with --port`, cause);
  if (error.code === 'EACCES')
    throw new Error(`Port ${port} may not be used: choose one above 1023 with --port`, cause);
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND') {
    throw new Error(`${host} is no address of this machine: choose another with --host`, cause);
  }
  throw error;
};
