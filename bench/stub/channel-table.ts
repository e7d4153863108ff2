import { toConnectionId, toIndex } from '../connection-ids.ts';
import type { StubCounts } from './stub-messages.ts';
import type { Item, StubState } from './stub-state.ts';

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/provisioned-capacity-mode.html */
const READ_UNIT_BYTES = 4_096;

/** Counts the capacity units of a read. The items of one read have about the same size. */
export const countRead = (items: readonly Item[], counts: StubCounts, isConsistent = true): void => {
  const [first] = items;
  const units = Math.max(1, Math.ceil(((first ? bytesOf(first) : 0) * items.length) / READ_UNIT_BYTES));
  counts.readUnits += isConsistent ? units : units / 2;
};

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html */
const bytesOf = (item: Item): number =>
  Object.entries(item).reduce((sum, [name, value]) => sum + name.length + valueBytes(value), 0);

const valueBytes = (value: Item[string]): number => {
  if ('S' in value) return value.S.length;
  return 'N' in value ? Math.ceil(value.N.length / 2) + 1 : 1;
};

interface Key {
  pk: { S: string };
  sk: { S: string };
}

interface QueryInput {
  ExpressionAttributeValues: { ':pk': { S: string } };
  ExclusiveStartKey?: Key;
  Limit: number;
  ConsistentRead?: boolean;
}

/** The channels' table: `sub#room:7` has as many rows as the settings say, and no two rooms share a connection. */
const query = (
  { ExpressionAttributeValues, ExclusiveStartKey, Limit, ConsistentRead }: QueryInput,
  { settings, counts }: StubState,
): unknown => {
  const { members = 0, protocol = false } = settings;
  const pk = ExpressionAttributeValues[':pk'];
  const begin = Number(pk.S.slice(pk.S.lastIndexOf(':') + 1)) * members;
  const first = ExclusiveStartKey === undefined ? begin : toIndex(ExclusiveStartKey.sk.S.split('#')[1] ?? '') + 1;
  const end = Math.min(begin + members, first + Limit);
  const nowSeconds = Math.floor(Date.now() / 1_000);
  const Items: Item[] = [];
  for (let index = first; index < end; index += 1) {
    Items.push({
      pk,
      sk: { S: sortKey(index) },
      connectedAt: { N: String(nowSeconds - 600) },
      ttl: { N: String(nowSeconds + 6_900) },
      ...(protocol && { protocol: { BOOL: true } }),
    });
  }
  countRead(Items, counts, ConsistentRead);
  return {
    Count: Items.length,
    ScannedCount: Items.length,
    Items,
    ...(end < begin + members && { LastEvaluatedKey: { pk, sk: { S: sortKey(end - 1) } } }),
  };
};

/** A user in the format of a Cognito `sub`, and the connection. */
const sortKey = (index: number): string =>
  `${String(index).padStart(8, '0')}-4ba1-8a27-7a5c-d1dd9a073c11#${toConnectionId(index)}`;

interface MoveInput {
  Key: Key;
  ExpressionAttributeValues: Record<':seq' | ':source' | ':presenceSeq', Item[string]>;
}

/** A channel that has had no message yet has a head too, as any channel with a subscriber. */
const FIRST_HEAD = { seq: { N: '1795063124000000' }, source: { S: '' }, presenceSeq: { N: '0' } };

/** Answers the operations of the channels' table. It keeps no log, because only a repeated record reads it. */
export const answerChannels = {
  Query: query,
  GetItem: ({ Key, ConsistentRead }: { Key: Key; ConsistentRead?: boolean }, { heads, counts }: StubState): unknown => {
    const found = Key.pk.S.startsWith('head#') ? { ...Key, ...(heads.get(Key.pk.S) ?? FIRST_HEAD) } : undefined;
    countRead(found ? [found] : [], counts, ConsistentRead);
    return found ? { Item: found } : {};
  },
  PutItem: (_: unknown, { counts }: StubState): unknown => {
    counts.writes += 1;
    return {};
  },
  UpdateItem: ({ Key, ExpressionAttributeValues: values }: MoveInput, { heads, counts }: StubState): unknown => {
    counts.writes += 1;
    heads.set(Key.pk.S, { seq: values[':seq'], source: values[':source'], presenceSeq: values[':presenceSeq'] });
    return {};
  },
};
