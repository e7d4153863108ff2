import { type Gateway, type GatewayOptions, startGateway } from '../gateway/start-gateway.ts';
import { connectableHost, type LocalAddresses } from '../model/addresses.ts';
import type { Application } from '../model/application.ts';
import type { GatewayLog, LocalLog } from '../model/local-event.ts';

export interface Gateways {
  /** The gateways in the order of the application's APIs. */
  all: readonly Gateway[];
  /** Local addresses by the domain name of each API. */
  addresses: LocalAddresses;
  /** Local addresses by custom domain name. A URL on a custom domain name has no stage. */
  customAddresses: LocalAddresses;
  stop(): Promise<void>;
}

export interface StartGatewaysOptions
  extends Pick<GatewayOptions, 'host' | 'port' | 'invoker' | 'keyring' | 'authority' | 'clock' | 'faults' | 'pages'> {
  application: Application;
  log: LocalLog;
}

/**
 * Starts a gateway for each API, on consecutive ports, or on free ports if `port` is 0. If one cannot start, it stops
 * the others.
 * @throws {Error} if a port cannot be used. The message says what to do.
 */
export const startGateways = async ({ application, port, log, ...shared }: StartGatewaysOptions): Promise<Gateways> => {
  const { apis, region, accountId } = application;
  const all: Gateway[] = [];
  const stop = async () => {
    await Promise.all(all.map((gateway) => gateway.stop()));
  };
  try {
    for (const [index, api] of apis.entries()) {
      const apiPort = port === 0 ? 0 : port + index;
      const apiLog: GatewayLog = (event) => log({ ...event, api: api.name });
      all.push(
        await startGateway({ ...shared, api, region, accountId, port: apiPort, log: apiLog }).catch((error) =>
          refuseListening(error, shared.host, apiPort),
        ),
      );
    }
  } catch (error) {
    await stop();
    throw error;
  }
  const addressOf = (index: number): string => `${connectableHost(shared.host)}:${(all[index] as Gateway).port}`;
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
    throw new Error(`Port ${port} is in use. Stop the other process or pass --port`, cause);
  if (error.code === 'EACCES')
    throw new Error(`This user may not listen on port ${port}. Pass a port above 1023 with --port`, cause);
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND') {
    throw new Error(`${host} is not an address of this machine. Pass another with --host`, cause);
  }
  throw error;
};
