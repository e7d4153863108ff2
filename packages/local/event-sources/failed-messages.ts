import type { InvocationResult } from '../model/application.ts';

const ALL = 'all';

/**
 * Finds the messages of a batch that failed. All failed if the function threw. With `ReportBatchItemFailures`, the
 * result names the failed messages: an empty result names no message, and all failed if the result is malformed or
 * names a message that is not in the batch.
 * @see
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting-handling
 */
export const failedMessages = (
  result: InvocationResult,
  messageIds: readonly string[],
  reportBatchItemFailures: boolean,
): ReadonlySet<string> => {
  if (!result.ok) return new Set(messageIds);
  if (!reportBatchItemFailures) return new Set();
  const named = namedFailures(result.payload);
  if (named === ALL || named.some((messageId) => !messageIds.includes(messageId))) return new Set(messageIds);
  return new Set(named);
};

const namedFailures = (payload: unknown): typeof ALL | string[] => {
  if (payload === null || payload === undefined) return [];
  if (typeof payload !== 'object') return ALL;
  const { batchItemFailures } = payload as { batchItemFailures?: unknown };
  if (batchItemFailures === null || batchItemFailures === undefined) return [];
  if (!Array.isArray(batchItemFailures)) return ALL;
  const identifiers = batchItemFailures.map((failure: { itemIdentifier?: unknown } | null) => failure?.itemIdentifier);
  return identifiers.every((identifier) => typeof identifier === 'string' && identifier !== '')
    ? (identifiers as string[])
    : ALL;
};
