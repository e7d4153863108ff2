import type { RequestFields } from './request-fields.ts';
import { SqsError } from './sqs-error.ts';

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html */
const MAX_ENTRIES = 10;
const ENTRY_ID = /^[\w-]{1,80}$/;

/** @throws {SqsError} if SQS refuses the batch as a whole. */
export const entriesOf = (fields: RequestFields, type: string): readonly RequestFields[] => {
  const entries = fields.entries('Entries');
  if (entries.length === 0)
    throw new SqsError('EmptyBatchRequest', `There should be at least one ${type} in the request.`);
  if (entries.length > MAX_ENTRIES)
    throw new SqsError(
      'TooManyEntriesInBatchRequest',
      `Maximum number of entries per request are ${MAX_ENTRIES}. You have sent ${entries.length}.`,
    );
  const ids = new Set<string>();
  for (const entry of entries) {
    const id = entry.required('Id');
    if (!ENTRY_ID.test(id))
      throw new SqsError(
        'InvalidBatchEntryId',
        'A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.',
      );
    if (ids.has(id)) throw new SqsError('BatchEntryIdsNotDistinct', `Id ${id} repeated.`);
    ids.add(id);
  }
  return entries;
};

/** Runs each entry of a batch separately. The answer leaves out an empty list, as SQS does. */
export const runEach = (entries: readonly RequestFields[], run: (entry: RequestFields) => object): object => {
  const Successful: object[] = [];
  const Failed: object[] = [];
  for (const entry of entries) {
    const Id = entry.required('Id');
    try {
      Successful.push({ Id, ...run(entry) });
    } catch (error) {
      if (!(error instanceof SqsError)) throw error;
      Failed.push({ Id, SenderFault: true, Code: error.code, Message: error.message });
    }
  }
  return { ...(Successful.length > 0 && { Successful }), ...(Failed.length > 0 && { Failed }) };
};
