import { type BroadcastAccount, sumAccounts } from '../../schemas/broadcast-account.ts';

/** Explains the outcome of a broadcast in a few lines. @param accounts One or more, all of the same broadcast. */
export const explainBroadcast = (accounts: readonly BroadcastAccount[]): string => {
  const totals = sumAccounts(accounts);
  const { sentAt, firstDeliveredAt, lastDeliveredAt, outstanding, wrong, repeated } = totals;
  const lines = [
    `Broadcast ${accounts[0]?.id}, sent ${new Date(sentAt).toISOString()}, in ${count(totals.records, 'record')}`,
    `  ${count(totals.scanned, 'connection')} found: ${totals.delivered} delivered, ${totals.stale} stale, ${totals.excluded} excluded, ${totals.expired} expired, ${totals.undelivered} undelivered (dead-letter queue)`,
    `  ${count(totals.posts, 'post')}: ${totals.throttled} throttled, ${totals.unknown} without an answer and repeated`,
  ];
  if (firstDeliveredAt !== undefined && lastDeliveredAt !== undefined) {
    lines.push(`  first delivery after ${firstDeliveredAt - sentAt} ms, last after ${lastDeliveredAt - sentAt} ms`);
  }
  if (outstanding > 0) lines.push(`  ${count(outstanding, 'connection')} still queued, or not in this log`);
  if (accounts.some(({ scanHandedOver }) => scanHandedOver)) {
    lines.push('  The scan was handed over: the record that continued it counts the connections that follow.');
  }
  if (repeated.length > 0) {
    lines.push(`  Records received again, whose connections may have received it twice: ${repeated.join(', ')}`);
  }
  if (wrong.length > 0) lines.push(`  DOES NOT ADD UP, please report: ${wrong.join(', ')}`);
  return lines.join('\n');
};

const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;
