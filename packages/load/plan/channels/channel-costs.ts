import type { Figures } from '../prices-and-quotas.ts';

/** The use of AWS by an operation of channels. Each field is billed by the piece. */
export interface Usage {
  /** Write request units of DynamoDB. */
  writeUnits: number;
  /** Read request units of DynamoDB. Every read is strongly consistent. */
  readUnits: number;
  /** Requests to the FIFO queue of channels. */
  fifoRequests: number;
  /** Requests to the broadcast queue, which is a standard queue. */
  queueRequests: number;
  /** Invocations of functions. */
  invocations: number;
  /** WebSocket messages of 32 KB, in and out. The posts of the fan-out are among them. */
  messages: number;
  /** Minutes of open connections. */
  connectionMinutes: number;
}

/** Lambda receives and deletes each batch. */
const BATCH_REQUESTS = 2;
/** A client's frame and its ack. */
const QUESTION_AND_ACK = 2;

const usage = (used: Partial<Usage>): Usage => ({
  writeUnits: 0,
  readUnits: 0,
  fifoRequests: 0,
  queueRequests: 0,
  invocations: 0,
  messages: 0,
  connectionMinutes: 0,
  ...used,
});

const FIELDS = Object.keys(usage({})) as (keyof Usage)[];

/** Adds up the use of operations. */
export const sumOf = (...all: readonly Usage[]): Usage =>
  all.reduce(
    (sum, one) => usage(Object.fromEntries(FIELDS.map((field) => [field, sum[field] + one[field]]))),
    usage({}),
  );

/** Multiplies the use of an operation. */
export const times = (count: number, one: Usage): Usage =>
  usage(Object.fromEntries(FIELDS.map((field) => [field, one[field] * count])));

/** The price of what is used, in dollars. Compute, transfer and storage are not in it. */
export const dollarsOf = (used: Usage, figures: Figures): number => {
  const prices: Usage = {
    writeUnits: figures.writeUnitPrice.value,
    readUnits: figures.readUnitPrice.value,
    fifoRequests: figures.fifoRequestPrice.value,
    queueRequests: figures.queueRequestPrice.value,
    invocations: figures.lambdaRequestPrice.value,
    messages: figures.messagePrice.value,
    connectionMinutes: figures.connectionMinutePrice.value,
  };
  return FIELDS.reduce((sum, field) => sum + used[field] * prices[field], 0) / 1_000_000;
};

/** `$connect` of a user: a row, a connection of the channels, and its subscription to the channel of its user. */
export const connectUsage = (): Usage => usage({ writeUnits: 3, invocations: 1 });

/**
 * `subscribe` to a channel with history and presence. If the user was not here, a presence change follows, otherwise a
 * look.
 */
export const subscribeUsage = (): Usage =>
  usage({ writeUnits: 2, readUnits: 1, fifoRequests: 1, invocations: 1, messages: QUESTION_AND_ACK });

/** `sync` of subscribed channels with history and presence, while no message was missed. */
export const syncUsage = (channels: number): Usage =>
  usage({ readUnits: 1 + 3 * channels, invocations: 1, messages: QUESTION_AND_ACK });

/**
 * `sync` of a new connection: it subscribes. The messages it missed must fit one answer. A look for each channel
 * follows.
 * @param missed Messages of each channel that came since its last connection.
 */
export const resumeUsage = (
  { channels, missed, sizeBytes }: { channels: number; missed: number; sizeBytes: number },
  figures: Figures,
): Usage => {
  const logUnits = missed === 0 ? 0 : readUnitsOf(missed * (sizeBytes + figures.logEntryBytes.value), figures);
  return usage({
    writeUnits: 2 * channels,
    readUnits: 1 + (2 + logUnits) * channels,
    fifoRequests: channels,
    invocations: 1,
    messages: QUESTION_AND_ACK,
  });
};

/** The fan-out looks at a user alone in its batch, and the user's presence is as it was. */
export const lookUsage = (): Usage => usage({ readUnits: 4, fifoRequests: BATCH_REQUESTS, invocations: 1 });

export interface PresenceChange {
  /** Protocol clients that are told. */
  members: number;
}

/** A user comes or goes, in a channel of at most 100 users. The look is alone in its batch. */
export const presenceChangeUsage = ({ members }: PresenceChange, figures: Figures): Usage =>
  usage({
    writeUnits: 4,
    readUnits: 6 + subscriptionUnits(members, figures),
    fifoRequests: BATCH_REQUESTS,
    invocations: 1,
    messages: members,
  });

/**
 * The end of a connection of a user, who has a channel of its own beside these with presence. A look for each channel
 * follows, or a presence change.
 */
export const endUsage = (channels: number): Usage =>
  usage({
    writeUnits: 5 + channels,
    fifoRequests: channels,
    queueRequests: 1 + BATCH_REQUESTS,
    invocations: 2,
  });

export interface Publish {
  by: 'client' | 'backend';
  members: number;
  /** The size of the data as JSON. */
  sizeBytes: number;
  history: boolean;
  /** Messages of the channel that share a batch of the fan-out: 1 to 10. */
  batch: number;
}

/**
 * One `publish`, to the last post. A client must be subscribed (`publish: 'subscribers'`), and gets an ack. A backend
 * sends its record to the queue itself.
 */
export const publishUsage = (publish: Publish, figures: Figures): Usage => {
  const { by, members, sizeBytes, batch } = publish;
  const recordBytes = sizeBytes + figures.channelRecordBytes.value;
  const requests = (bytes: number): number => Math.ceil(bytes / figures.queueRequestBytes.value);
  const { entryUnits, headUnits } = logUnits(publish, figures);
  const fanOut = usage({
    writeUnits: entryUnits + headUnits / batch,
    readUnits: (headUnits + subscriptionUnits(members, figures)) / batch,
    fifoRequests: requests(recordBytes) + (requests(recordBytes * batch) + 1) / batch,
    invocations: 1 / batch,
    messages: members * postMessages(sizeBytes, figures),
  });
  const route = usage({ readUnits: 2, invocations: 1, messages: QUESTION_AND_ACK });
  return by === 'client' ? sumOf(route, fanOut) : fanOut;
};

/** WebSocket messages of one post: 32 KB each. */
export const postMessages = (sizeBytes: number, figures: Figures): number =>
  Math.ceil((sizeBytes + figures.channelFrameBytes.value) / figures.meteredBytes.value);

/** Write units of an entry of the log, and of the head that moves over it. */
export const logUnits = (
  { sizeBytes, history }: Pick<Publish, 'sizeBytes' | 'history'>,
  figures: Figures,
): { entryUnits: number; headUnits: number } => {
  if (!history) return { entryUnits: 0, headUnits: 0 };
  const entryBytes = sizeBytes + figures.logEntryBytes.value;
  return { entryUnits: Math.ceil(entryBytes / figures.writeUnitBytes.value), headUnits: 1 };
};

/** Read units of all subscriptions of a channel. DynamoDB rounds each page up. */
const subscriptionUnits = (members: number, figures: Figures): number => {
  const { subscriptionPageRows: page, subscriptionBytes: row } = figures;
  const fullPages = Math.floor(members / page.value);
  // A full page does not tell that it is the last.
  const rest = readUnitsOf((members % page.value) * row.value, figures);
  return fullPages * readUnitsOf(page.value * row.value, figures) + rest;
};

/** A read of nothing takes a unit, too. */
const readUnitsOf = (bytes: number, { readUnitBytes }: Figures): number =>
  Math.max(1, Math.ceil(bytes / readUnitBytes.value));

export interface IdleMonth {
  connections: number;
  /** Channels of each connection, with history and presence. */
  channels: number;
  hours: number;
}

/**
 * Connections of users without messages. Each one syncs every seven minutes. Every two hours it is replaced by a new
 * connection, and ends after that, so that its user is here all the time.
 */
export const idleMonthUsage = ({ connections, channels, hours }: IdleMonth, figures: Figures): Usage => {
  const seconds = connections * hours * 3_600;
  const replacement = sumOf(
    connectUsage(),
    resumeUsage({ channels, missed: 0, sizeBytes: 0 }, figures),
    endUsage(channels),
    times(2 * channels, lookUsage()),
  );
  return sumOf(
    usage({ connectionMinutes: seconds / 60 }),
    times(seconds / figures.syncSeconds.value, syncUsage(channels)),
    times(seconds / figures.connectionSeconds.value, replacement),
  );
};
