import { type BroadcastAccount, sumAccounts } from '../../schemas/broadcast-account.ts';

/** Tells a person what became of a broadcast, from its accounts. @param accounts At least one, all of one broadcast. */
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
    lines.push('  The scan was handed over: connections beyond it are counted by the record that went on with it.');
  }
  if (repeated.length > 0) {
    lines.push(`  Received again, so connections of them may have got it twice: ${repeated.join(', ')}`);
  }
  if (wrong.length > 0) lines.push(`  DOES NOT ADD UP, please report: ${wrong.join(', ')}`);
  return lines.join('\n');
};

const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;
