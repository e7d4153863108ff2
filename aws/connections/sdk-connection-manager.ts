import {
  ApiGatewayManagementApiClient,
  DeleteConnectionCommand,
  GetConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import type { ConnectionInfo, ConnectionManager } from './connection-manager.ts';

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

/**
 * A client of `@connections`. Region, credentials and the stage's callback URL come from the environment
 * (`AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI`). One attempt a call: a repeated post may deliver twice.
 */
export const createManagementClient = (): ApiGatewayManagementApiClient =>
  new ApiGatewayManagementApiClient({ maxAttempts: 1 });

/**
 * Whether `@connections` said that there is no such connection: 410, or 400 for an id that is none. Told by status: the
 * SDK knows a `GoneException` only where the answer has the header `x-amzn-ErrorType`, and has no class for the other.
 */
export const isGone = (error: unknown): boolean => {
  const { $metadata, message = '' } = (error ?? {}) as { $metadata?: { httpStatusCode?: number }; message?: string };
  const status = $metadata?.httpStatusCode;
  return status === 410 || (status === 400 && message.startsWith('Invalid connectionId'));
};

/** `403 ForbiddenException`, `ECONNREFUSED`: which error it was, without the service's text, which may echo the request. */
export const toDetail = (error: unknown): string => {
  const { $metadata, name, code } = (error ?? {}) as SdkError;
  return [$metadata?.httpStatusCode, code ?? name].filter(Boolean).join(' ');
};

export interface SdkError {
  $metadata?: { httpStatusCode?: number };
  name?: string;
  code?: string;
}
