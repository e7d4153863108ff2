import type { ChannelConnection, ChannelTable } from '../../aws/channels/channel-table.ts';
import { ClientError } from '../../schemas/errors.ts';

/** The connection that sent an event, as the channel table has it. It is read once, and only if something needs it. */
export class Caller {
  readonly connectionId: string;
  readonly #table: ChannelTable;
  #connection: Promise<ChannelConnection> | undefined;

  constructor(table: ChannelTable, connectionId: string) {
    this.#table = table;
    this.connectionId = connectionId;
  }

  /** @throws as {@link addChannel}. */
  connection(): Promise<ChannelConnection> {
    this.#connection ??= this.#read();
    return this.#connection;
  }

  /**
   * Adds a channel to the caller's set.
   * @throws {ClientError} `TOO_MANY_CHANNELS`, or `UNAUTHORIZED` if the connection has ended.
   * @throws {Error} if the connection was never opened.
   */
  async addChannel(channel: string): Promise<ChannelConnection> {
    const added = await this.#table.addChannel(this.connectionId, channel);
    if (added === 'full') throw new ClientError('TOO_MANY_CHANNELS', { channel });
    if (added === 'ended') return this.#refuse();
    this.#connection = Promise.resolve(added);
    return added;
  }

  async #read(): Promise<ChannelConnection> {
    return (await this.#table.connection(this.connectionId)) ?? this.#refuse();
  }

  /** A connection that has ended is marked once more: the answer tells whether it was ever opened. */
  async #refuse(): Promise<never> {
    if (await this.#table.endConnection(this.connectionId))
      throw new ClientError('UNAUTHORIZED', { reason: 'The connection has ended' });
    throw new Error(
      'The connection is not in the channel table: add .use(keepConnection()) to the handler of $connect, and let its clients connect again',
    );
  }
}
