import { BROADCAST_ACCOUNT, type BroadcastAccount } from '../../schemas/broadcast-account.ts';

/**
 * Finds the accounts of a broadcast among lines of a log: our functions' own lines, such lines behind a time and a
 * stream's name (`aws logs tail`), or the lines of `npm start -- --json`. Whatever else is there is skipped.
 */
export const readAccounts = (lines: Iterable<string>, broadcastId: string): BroadcastAccount[] => {
  const accounts: BroadcastAccount[] = [];
  for (const line of lines) {
    const account = readLine(line);
    if (account?.id === broadcastId) accounts.push(account);
  }
  return accounts;
};

const readLine = (line: string): BroadcastAccount | undefined => {
  if (!line.includes(BROADCAST_ACCOUNT)) return undefined;
  const content = parse(line.slice(line.indexOf('{')));
  if (typeof content?.line === 'string') return readLine(content.line);
  return content?.message === BROADCAST_ACCOUNT ? (content.account as BroadcastAccount) : undefined;
};

const parse = (text: string): { line?: unknown; message?: unknown; account?: unknown } | undefined => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
