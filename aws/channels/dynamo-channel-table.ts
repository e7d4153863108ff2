import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
  type UpdateItemCommandOutput,
} from '@aws-sdk/client-dynamodb';
import { USER_PREFIX } from '../../schemas/channels/channel-name.ts';
import { MAX_CHANNELS } from '../../schemas/channels/channel-rules.ts';
import type { LogEntry } from '../../schemas/channels/frames.ts';
import { createDynamoClient } from '../create-dynamo-client.ts';
import type {
  ChannelConnection,
  ChannelTable,
  Head,
  LogRange,
  PresenceState,
  Subscription,
  SubscriptionPage,
} from './channel-table.ts';

export interface DynamoChannelTableOptions {
  /** A table with the keys `pk` and `sk`, both strings. */
  tableName: string;
  /** Default: a client with the region, credentials and endpoint of the environment. */
  client?: DynamoDBClient;
}

/** Our choice: a page of 1 MB, about 8,000 subscriptions, would block the posts of the thread for too long. */
const PAGE_ROWS = 2_000;
/** Digits of a number in a sort key, so that the keys have the order of the numbers. */
const NUMBER_DIGITS = 16;
/** Our choice: how long a user that is gone stays in the table, in seconds, so that no late write brings it back. */
export const GONE_USER_SECONDS = 86_400;
/** The sort key of the totals: it comes before every user. */
const TOTALS = '!';

type Item = Record<string, AttributeValue>;
type Key = { pk: string; sk: string };

/**
 * The channels of a stage in one DynamoDB table. A write that a condition guards is one call.
 * @throws the SDK's own errors, after the SDK's three attempts.
 */
export class DynamoChannelTable implements ChannelTable {
  readonly #tableName: string;
  readonly #client: DynamoDBClient;

  constructor({ tableName, client = createDynamoClient() }: DynamoChannelTableOptions) {
    this.#tableName = tableName;
    this.#client = client;
    // This middleware prepares every answer for a logger that is not set, at a tenth of a fan-out's CPU.
    this.#client.middlewareStack.remove('loggerMiddleware');
  }

  /** A late repeat must not empty the set of channels, nor open a connection that has ended. */
  async openConnection({ connectionId, user, ...facts }: ChannelConnection): Promise<void> {
    const own = user === '' ? undefined : `${USER_PREFIX}${user}`;
    const row = {
      ...toAttributes(facts),
      user: text(user),
      limit: number(own === undefined ? MAX_CHANNELS : MAX_CHANNELS + 1),
      ...(own !== undefined && { channels: set(own) }),
    };
    await this.#put(connectionKey(connectionId), row, 'attribute_not_exists(#pk)');
  }

  async addChannel(connectionId: string, channel: string): Promise<ChannelConnection | 'full' | 'ended'> {
    const updated = await this.#update(connectionKey(connectionId), {
      UpdateExpression: 'ADD #channels :channels',
      ConditionExpression: `attribute_not_exists(#ended) AND #ttl > :now AND (${HAS_ROOM})`,
      ExpressionAttributeValues: { ':channels': set(channel), ':channel': text(channel), ':now': number(nowSeconds()) },
      ReturnValues: 'ALL_NEW',
    });
    if (updated) return toConnection(connectionId, updated.Attributes ?? {});
    return (await this.connection(connectionId)) ? 'full' : 'ended';
  }

  async removeChannel(connectionId: string, channel: string): Promise<void> {
    await this.#update(connectionKey(connectionId), {
      UpdateExpression: 'DELETE #channels :channels',
      ConditionExpression: 'attribute_exists(#pk)',
      ExpressionAttributeValues: { ':channels': set(channel) },
    });
  }

  async connection(connectionId: string): Promise<ChannelConnection | undefined> {
    const item = await this.#get(connectionKey(connectionId));
    return item && !item.ended ? toConnection(connectionId, item) : undefined;
  }

  /** It also returns a connection past its `ttl`: its channels may still show its user. */
  async endConnection(connectionId: string): Promise<{ user: string; channels: readonly string[] } | undefined> {
    const updated = await this.#update(connectionKey(connectionId), {
      UpdateExpression: 'SET #ended = :ended',
      ConditionExpression: 'attribute_exists(#pk)',
      ExpressionAttributeValues: { ':ended': { BOOL: true } },
      ReturnValues: 'ALL_NEW',
    });
    if (!updated) return undefined;
    const { user, channels } = updated.Attributes ?? {};
    return { user: user?.S ?? '', channels: channels?.SS ?? [] };
  }

  async endSubscriber(channel: string, { connectionId, ...facts }: Subscription): Promise<void> {
    const { user, connectedAt, ttl } = toAttributes(facts);
    await this.#update(connectionKey(connectionId), {
      UpdateExpression:
        'SET #ended = :ended, #user = :user, #connectedAt = :connectedAt, #ttl = :ttl ADD #channels :channels',
      ExpressionAttributeValues: {
        ':ended': { BOOL: true },
        ':channels': set(channel),
        ':connectedAt': connectedAt as AttributeValue,
        ':ttl': ttl as AttributeValue,
        ':user': user as AttributeValue,
      },
    });
  }

  async deleteConnection(connectionId: string): Promise<void> {
    await this.#delete(connectionKey(connectionId));
  }

  async putSubscription(channel: string, { connectionId, user, ...facts }: Subscription): Promise<void> {
    await this.#put(subscriptionKey(channel, user, connectionId), toAttributes(facts));
  }

  async deleteSubscription(channel: string, user: string, connectionId: string): Promise<void> {
    await this.#delete(subscriptionKey(channel, user, connectionId));
  }

  async hasSubscription(channel: string, user: string, connectionId: string): Promise<boolean> {
    return (await this.#get(subscriptionKey(channel, user, connectionId))) !== undefined;
  }

  async subscriptionPage(channel: string, cursor?: string): Promise<SubscriptionPage> {
    const range = { pk: `sub#${channel}`, after: cursor, limit: PAGE_ROWS };
    const { items, cursor: next } = await this.#page(range);
    return { subscriptions: items.map(toSubscription), cursor: next };
  }

  async hasUser(channel: string, user: string): Promise<boolean> {
    const range = {
      pk: `sub#${channel}`,
      condition: 'begins_with(#sk, :user)',
      values: { ':user': text(`${user}#`) },
    };
    for await (const items of this.#pages(range)) if (items.length > 0) return true;
    return false;
  }

  async head(channel: string): Promise<Head | undefined> {
    const item = await this.#get(headKey(channel));
    return item && { seq: numberOf(item.seq), source: item.source?.S ?? '', presenceSeq: numberOf(item.presenceSeq) };
  }

  async createHead(channel: string, seq: number): Promise<Head> {
    const head: Head = { seq, source: '', presenceSeq: 0 };
    if (await this.#put(headKey(channel), toAttributes(head), 'attribute_not_exists(#pk)')) return head;
    // An operator may delete the head at this moment.
    return (await this.head(channel)) ?? this.createHead(channel, seq);
  }

  async moveHead(channel: string, from: Head, to: Head): Promise<boolean> {
    const values = [
      ['seq', number(from.seq), number(to.seq)],
      ['source', text(from.source), text(to.source)],
      ['presenceSeq', number(from.presenceSeq), number(to.presenceSeq)],
    ] as const;
    const moved = await this.#update(headKey(channel), {
      UpdateExpression: `SET ${values.map(([name]) => `#${name} = :${name}`).join(', ')}`,
      ConditionExpression: values.map(([name]) => `#${name} = :from${name}`).join(' AND '),
      ExpressionAttributeValues: Object.fromEntries(
        values.flatMap(([name, old, next]) => [
          [`:from${name}`, old],
          [`:${name}`, next],
        ]),
      ),
    });
    return moved !== undefined;
  }

  async append(channel: string, { seq, data, ...facts }: LogEntry, ttl: number): Promise<boolean> {
    return this.#put(
      { pk: `log#${channel}`, sk: digitsOf(seq) },
      { ...toAttributes({ ...facts, ttl }), data: text(JSON.stringify(data)) },
      'attribute_not_exists(#pk) OR #source = :source OR #ttl <= :now',
      { ':source': text(facts.source), ':now': number(nowSeconds()) },
    );
  }

  async log(channel: string, { after, upTo, limit, newestFirst = false }: LogRange): Promise<readonly LogEntry[]> {
    if (after >= upTo || limit <= 0) return []; // DynamoDB refuses an empty range
    const range = {
      pk: `log#${channel}`,
      condition: '#sk BETWEEN :first AND :last',
      values: { ':first': text(digitsOf(after + 1)), ':last': text(digitsOf(upTo)) },
      limit,
      newestFirst,
    };
    // A page of rows past their ttl is empty, but may not be the last.
    for await (const items of this.#pages(range)) if (items.length > 0) return items.map(toEntry);
    return [];
  }

  async presence(channel: string): Promise<PresenceState> {
    const item = await this.#get(hereKey(channel, TOTALS));
    return { seq: numberOf(item?.seq), count: numberOf(item?.count), large: item?.large?.BOOL ?? false };
  }

  async setPresence(channel: string, state: PresenceState, { force = false } = {}): Promise<void> {
    const condition = `attribute_not_exists(#pk) OR #seq ${force ? '<=' : '<'} :seq`;
    await this.#put(hereKey(channel, TOTALS), toAttributes(state), condition, { ':seq': number(state.seq) });
  }

  async markUser(channel: string, user: string, { here, seq }: { here: boolean; seq: number }): Promise<boolean> {
    const before = await this.#update(hereKey(channel, user), {
      UpdateExpression: `SET #here = :here, #seq = :seq${here ? ' REMOVE #ttl' : ', #ttl = :ttl'}`,
      ConditionExpression: 'attribute_not_exists(#seq) OR #seq <= :seq',
      ExpressionAttributeValues: {
        ':here': { BOOL: here },
        ':seq': number(seq),
        ...(!here && { ':ttl': number(nowSeconds() + GONE_USER_SECONDS) }),
      },
      ReturnValues: 'ALL_OLD',
    });
    return before !== undefined && (before.Attributes?.here?.BOOL ?? false) !== here;
  }

  async isHere(channel: string, user: string): Promise<boolean> {
    return (await this.#get(hereKey(channel, user)))?.here?.BOOL ?? false;
  }

  async users(
    channel: string,
    limit: number,
    cursor = TOTALS,
  ): Promise<{ users: readonly string[]; cursor: string | undefined }> {
    const users: string[] = [];
    // One more than the limit tells whether there is a next page.
    for await (const items of this.#pages({ pk: `here#${channel}`, after: cursor, limit: limit + 1 })) {
      for (const { sk, here } of items) if (here?.BOOL) users.push(sk?.S ?? '');
      if (users.length > limit) return { users: users.slice(0, limit), cursor: users[limit - 1] };
    }
    return { users, cursor: undefined };
  }

  /** @returns `undefined` also for an item past its `ttl`. */
  async #get(key: Key): Promise<Item | undefined> {
    const { Item } = await this.#client.send(
      new GetItemCommand({ TableName: this.#tableName, Key: toAttributes(key), ConsistentRead: true }),
    );
    return Item && isLive(Item) ? Item : undefined;
  }

  /** @returns whether it was written. */
  async #put(key: Key, attributes: Item, condition?: string, values?: Item): Promise<boolean> {
    const written = await unlessRefused(
      this.#client.send(
        new PutItemCommand({
          TableName: this.#tableName,
          Item: { ...toAttributes(key), ...attributes },
          ...(condition !== undefined && {
            ConditionExpression: condition,
            ExpressionAttributeNames: namesIn(condition),
          }),
          ...(values && { ExpressionAttributeValues: values }),
        }),
      ),
    );
    return written !== undefined;
  }

  /** @returns `undefined` if the condition is not met. */
  #update(
    key: Key,
    input: Omit<UpdateItemCommandInput, 'TableName' | 'Key' | 'ExpressionAttributeNames'>,
  ): Promise<UpdateItemCommandOutput | undefined> {
    const { UpdateExpression = '', ConditionExpression = '' } = input;
    return unlessRefused(
      this.#client.send(
        new UpdateItemCommand({
          TableName: this.#tableName,
          Key: toAttributes(key),
          ExpressionAttributeNames: namesIn(`${UpdateExpression} ${ConditionExpression}`),
          ...input,
        }),
      ),
    );
  }

  async #delete(key: Key): Promise<void> {
    await this.#client.send(new DeleteItemCommand({ TableName: this.#tableName, Key: toAttributes(key) }));
  }

  /** The pages of a range, one after the other. */
  async *#pages(range: Range): AsyncGenerator<readonly Item[]> {
    let after = range.after;
    do {
      const { items, cursor } = await this.#page({ ...range, after });
      yield items;
      after = cursor;
    } while (after !== undefined);
  }

  async #page({ pk, condition, values, after, limit, newestFirst = false }: Range): Promise<Page> {
    const KeyConditionExpression = condition === undefined ? '#pk = :pk' : `#pk = :pk AND ${condition}`;
    const { Items = [], LastEvaluatedKey } = await this.#client.send(
      new QueryCommand({
        TableName: this.#tableName,
        ConsistentRead: true,
        KeyConditionExpression,
        ExpressionAttributeNames: namesIn(KeyConditionExpression),
        ExpressionAttributeValues: { ':pk': text(pk), ...values },
        ScanIndexForward: !newestFirst,
        ...(limit !== undefined && { Limit: limit }),
        ...(after !== undefined && { ExclusiveStartKey: toAttributes({ pk, sk: after }) }),
      }),
    );
    return { items: Items.filter(isLive), cursor: LastEvaluatedKey?.sk?.S };
  }
}

interface Range {
  pk: string;
  /** A condition of the sort key, and its values. Default: the whole partition. */
  condition?: string;
  values?: Item;
  /** The sort key before the first. */
  after?: string | undefined;
  /** Most rows of a page. */
  limit?: number;
  newestFirst?: boolean;
}

/** Rows that are not past their `ttl`. The cursor is the sort key of the last row that was read. */
interface Page {
  items: readonly Item[];
  cursor: string | undefined;
}

const HAS_ROOM = 'attribute_not_exists(#channels) OR size(#channels) < #limit OR contains(#channels, :channel)';

const connectionKey = (connectionId: string): Key => ({ pk: `conn#${connectionId}`, sk: 'conn' });
const headKey = (channel: string): Key => ({ pk: `head#${channel}`, sk: 'head' });
const hereKey = (channel: string, user: string): Key => ({ pk: `here#${channel}`, sk: user });
const subscriptionKey = (channel: string, user: string, connectionId: string): Key => ({
  pk: `sub#${channel}`,
  sk: `${user}#${connectionId}`,
});
const digitsOf = (seq: number): string => String(seq).padStart(NUMBER_DIGITS, '0');

const text = (value: string): AttributeValue => ({ S: value });
const number = (value: number): AttributeValue => ({ N: String(value) });
const set = (...values: string[]): AttributeValue => ({ SS: values });
const numberOf = (value: AttributeValue | undefined): number => Number(value?.N ?? 0);

/** Leaves out what is `undefined`. */
const toAttributes = (values: object): Item => {
  const item: Item = {};
  for (const [name, value] of Object.entries(values)) {
    if (typeof value === 'string') item[name] = text(value);
    else if (typeof value === 'number') item[name] = number(value);
    else if (typeof value === 'boolean') item[name] = { BOOL: value };
  }
  return item;
};

/** The names of attributes in an expression: `#ttl` is `ttl`. Many are reserved words of DynamoDB. */
const namesIn = (expression: string): Record<string, string> =>
  Object.fromEntries(Array.from(expression.matchAll(/#(\w+)/g), ([placeholder, name = '']) => [placeholder, name]));

const nowSeconds = (): number => Math.floor(Date.now() / 1_000);
const isLive = ({ ttl }: Item): boolean => ttl === undefined || numberOf(ttl) > nowSeconds();

const toConnection = (connectionId: string, { user, connectedAt, ttl, protocol }: Item): ChannelConnection => ({
  connectionId,
  user: user?.S ?? '',
  connectedAt: numberOf(connectedAt),
  ttl: numberOf(ttl),
  ...(protocol?.BOOL && { protocol: true }),
});

const toSubscription = ({ sk, ...item }: Item): Subscription => {
  const key = sk?.S ?? '';
  const end = key.indexOf('#'); // an encoded user has none
  return toConnection(key.slice(end + 1), { ...item, user: text(key.slice(0, end)) });
};

const toEntry = ({ sk, id, source, kind, data, at }: Item): LogEntry => ({
  seq: Number(sk?.S),
  id: id?.S ?? '',
  source: source?.S ?? '',
  kind: kind?.S === 'presence' ? 'presence' : 'message',
  data: JSON.parse(data?.S ?? 'null'),
  at: numberOf(at),
});

const unlessRefused = async <T>(answer: Promise<T>): Promise<T | undefined> => {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return undefined;
    throw error;
  }
};
