import {
  ApiGatewayManagementApiClient,
  DeleteConnectionCommand,
  GetConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import { isMissingPermission } from '../posting/read-post-result.ts';
import type { ConnectionInfo, ConnectionManager } from './connection-manager.ts';

/** Our choice: longest wait for an answer, in milliseconds. */
const TIMEOUT_MS = 2_000;

/**
 * Inspects and closes connections through the SDK.
 * @throws {Error} with the status and the name of the error: 403 without the grant (`can: ['inspect']`,
 *   `can: ['disconnect']`) or with a wrong endpoint, 429, or no answer within two seconds.
 */
export class SdkConnectionManager implements ConnectionManager {
  readonly #client: ApiGatewayManagementApiClient;

  constructor(client: ApiGatewayManagementApiClient = createManagementClient()) {
    this.#client = client;
  }

  async inspect(connectionId: string): Promise<ConnectionInfo | undefined> {
    const command = new GetConnectionCommand({ ConnectionId: connectionId });
    const answer = await this.#client.send(command, deadline()).catch(ignoreGone);
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
    await this.#client.send(command, deadline()).catch(ignoreGone);
  }
}

const deadline = () => ({ abortSignal: AbortSignal.timeout(TIMEOUT_MS) });

/** Throws its own error, because the text of the SDK's error may echo the request. */
const ignoreGone = (error: unknown): undefined => {
  if (isGone(error)) return undefined;
  const refused = new Error(`API Gateway refused or did not answer a request about the connection: ${toDetail(error)}`);
  throw isDenied(error) ? Object.assign(refused, { code: 'ACCESS_DENIED' }) : refused;
};

/** A role without the grant. Other 403s mean a wrong endpoint, clock or key. */
const isDenied = (error: unknown): boolean => {
  const { $metadata, message = '' } = (error ?? {}) as SdkError;
  return $metadata?.httpStatusCode === 403 && isMissingPermission(message);
};

const toText = (date: Date | undefined): string => date?.toISOString() ?? '';

/**
 * Creates a client of `@connections`. Region and credentials come from the environment. Each call has one attempt,
 * because a repeated post may deliver twice.
 * @param endpoint Callback URL of the stage. Default: `AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI`, which the SDK reads.
 */
export const createManagementClient = (endpoint?: string): ApiGatewayManagementApiClient =>
  new ApiGatewayManagementApiClient({ maxAttempts: 1, ...(endpoint !== undefined && { endpoint }) });

/**
 * Whether `@connections` said that the connection does not exist: 410, or 400 for an invalid id. The status decides,
 * because the SDK needs the header `x-amzn-ErrorType` to create a `GoneException`, and has no class for the 400.
 */
export const isGone = (error: unknown): boolean => {
  const { $metadata, message = '' } = (error ?? {}) as { $metadata?: { httpStatusCode?: number }; message?: string };
  const status = $metadata?.httpStatusCode;
  return status === 410 || (status === 400 && message.startsWith('Invalid connectionId'));
};

/**
 * The status and name of an error, `403 ForbiddenException` or `ECONNREFUSED`. The text is left out: it may echo the
 * request.
 */
export const toDetail = (error: unknown): string => {
  const { $metadata, name, code } = (error ?? {}) as SdkError;
  return [$metadata?.httpStatusCode, code ?? name].filter(Boolean).join(' ');
};

export interface SdkError {
  $metadata?: { httpStatusCode?: number };
  name?: string;
  message?: string;
  code?: string;
}
