import { describe, expect, it } from '@jest/globals';
import { failedMessages } from '../../../../packages/local/event-sources/failed-messages.ts';

const answered = (payload: unknown) => ({ ok: true as const, payload, durationMs: 1 });
const threw = { ok: false as const, error: { errorType: 'Error', errorMessage: 'no' }, durationMs: 1 };
const NONE: string[] = [];
const ALL = ['a', 'b'];

describe('the failed messages of a batch', () => {
  it.each([
    ['null', answered(null), NONE],
    ['an empty object', answered({}), NONE],
    ['no failures', answered({ batchItemFailures: [] }), NONE],
    ['null for failures', answered({ batchItemFailures: null }), NONE],
    ['one failure', answered({ batchItemFailures: [{ itemIdentifier: 'b' }] }), ['b']],
    ['a failure that is not in the batch', answered({ batchItemFailures: [{ itemIdentifier: 'c' }] }), ALL],
    ['an empty identifier', answered({ batchItemFailures: [{ itemIdentifier: '' }] }), ALL],
    ['a missing identifier', answered({ batchItemFailures: [{}] }), ALL],
    ['null as a failure', answered({ batchItemFailures: [null] }), ALL],
    ['failures that are not a list', answered({ batchItemFailures: 'b' }), ALL],
    ['a text', answered('b'), ALL],
    ['an error', threw, ALL],
  ])('are the same as on Lambda for %s', (_, result, expected) => {
    expect([...failedMessages(result, ALL, true)]).toEqual(expected);
  });

  it('are empty without ReportBatchItemFailures, unless the function threw', () => {
    expect([...failedMessages(answered({ batchItemFailures: [{ itemIdentifier: 'b' }] }), ALL, false)]).toEqual(NONE);
    expect([...failedMessages(threw, ALL, false)]).toEqual(ALL);
  });
});
