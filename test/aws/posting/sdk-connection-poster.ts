import { type ApiGatewayManagementApiClient, PostToConnectionCommand } from '@aws-sdk/client-apigatewaymanagementapi';
import {
  createManagementClient,
  isGone,
  type SdkError,
  toDetail,
} from '../../../aws/connections/sdk-connection-manager.ts';
import type { ConnectionPoster, PostOptions, PostOutcome, PostResult } from '../../../aws/posting/connection-poster.ts';

const DEFAULT_TIMEOUT_MS = 2_000;

/** Posts with the SDK. The tests compare `signed-poster.ts` with it. */
export class SdkConnectionPoster implements ConnectionPoster {
  readonly #client: ApiGatewayManagementApiClient;

  /** @param client It must make only one attempt: a repeated post may deliver twice. */
  constructor(client: ApiGatewayManagementApiClient = createManagementClient()) {
    this.#client = client;
  }

  async post(
    connectionId: string,
    data: string,
    { timeoutMs = DEFAULT_TIMEOUT_MS }: PostOptions = {},
  ): Promise<PostResult> {
    try {
      await this.#client.send(
        new PostToConnectionCommand({ ConnectionId: connectionId, Data: data }),
        // The SDK's request timeout would end with the first byte of the answer.
        { abortSignal: AbortSignal.timeout(timeoutMs) },
      );
      return { outcome: 'delivered' };
    } catch (error) {
      return { outcome: toOutcome(error), detail: toDetail(error) };
    }
  }
}

const BY_STATUS: Readonly<Record<number, PostOutcome>> = { 403: 'forbidden', 413: 'too-large', 429: 'throttled' };
/** The socket was never connected, so nothing was sent. https://nodejs.org/api/errors.html#common-system-errors */
const NOT_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);
/** The request was sent, or may have been. */
const MAYBE_SENT = new Set(['AbortError', 'TimeoutError', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT']);

const toOutcome = (error: unknown): PostOutcome => {
  if (isGone(error)) return 'gone';
  const { $metadata, name = '', code = '' } = error as SdkError;
  const status = $metadata?.httpStatusCode;
  if (status !== undefined && status >= 400) return BY_STATUS[status] ?? 'failed';
  if (NOT_SENT.has(code)) return 'failed';
  return MAYBE_SENT.has(name) || MAYBE_SENT.has(code) ? 'unknown' : 'failed';
};
