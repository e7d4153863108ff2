import {
  type ApiGatewayManagementApiClient,
  DeleteConnectionCommand,
  GetConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import type { ConnectionInfo, ConnectionManager } from './connection-manager.ts';
import { createManagementClient } from './create-management-client.ts';
import { isGone } from './is-gone.ts';
import { toDetail } from './to-detail.ts';

/** Ours: longest wait for an answer, in milliseconds. */
const TIMEOUT_MS = 2_000;

/**
 * Looks at connections and ends them by the SDK.
 * @throws {Error} with the status and the error's name: 403 without the grant (`can: ['inspect']`, `can: ['disconnect']`)
 * or with a wrong endpoint, 429, no answer within two seconds.
 */
export class SdkConnectionManager implements ConnectionManager {
  readonly #client: ApiGatewayManagementApiClient;

  constructor(client: ApiGatewayManagementApiClient = createManagementClient()) {
    this.#client = client;
  }

  async inspect(connectionId: string): Promise<ConnectionInfo | undefined> {
    const command = new GetConnectionCommand({ ConnectionId: connectionId });
    const answer = await this.#client.send(command, deadline()).catch(undefinedWhereGone);
    return (
      answer && {
        ConnectedAt: toText(answer.ConnectedAt),
        Identity: {
          SourceIp: answer.Identity?.SourceIp ?? '',
          ...(answer.Identity?.UserAgent !== undefined && { UserAgent: answer.Identity.UserAgent }),
        },
        LastActiveAt: toText(answer.LastActiveAt),
      }
    );
  }

  async disconnect(connectionId: string): Promise<void> {
    const command = new DeleteConnectionCommand({ ConnectionId: connectionId });
    await this.#client.send(command, deadline()).catch(undefinedWhereGone);
  }
}

const deadline = () => ({ abortSignal: AbortSignal.timeout(TIMEOUT_MS) });

/** The SDK's error is not passed on: its text may echo the request. */
const undefinedWhereGone = (error: unknown): undefined => {
  if (!isGone(error)) throw new Error(`API Gateway did not answer for the connection: ${toDetail(error)}`);
};

const toText = (date: Date | undefined): string => date?.toISOString() ?? '';
