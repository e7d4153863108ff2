import { format } from '../../text/format.ts';
import type { Obstacle } from '../plan-obstacles.ts';
import type { ChannelQuestion } from '../plan-options.ts';
import type { Figures } from '../prices-and-quotas.ts';
import { logUnits } from './channel-costs.ts';

/** A quota, or the capacity of a part, that bounds the publishes a second. */
export interface Limit {
  name: string;
  /** Publishes a second over all channels that it takes. */
  publishesPerSecond: number;
  /** Share that the plan uses. At 1 or more a queue grows without end. */
  used: number;
  /** The problem of a plan that uses all of it, with its remedies. */
  obstacle: Obstacle;
}

/** A batch of the channels' fan-out function. */
export interface FanOutBatch {
  /** Records that share it. */
  records: number;
  /** Time of the function, in milliseconds. */
  durationMs: number;
  /** Posts that it has no time for, and hands over to the broadcasts' functions. */
  handedOver: number;
}

const { bytes, number } = format;

/** A head is read and moved, and the subscriptions are read, for each channel of a batch. */
const CALLS_OF_BATCH = 3;

/** Posts a second of one of the channels' functions: its share of the account's quota, of its sockets and its core. */
export const postsOfFunction = (
  { requestsPerSecond, concurrency }: Pick<ChannelQuestion, 'requestsPerSecond' | 'concurrency'>,
  { postShare, channelPostShare, postsInFlight, postMs, postCpuMs }: Figures,
): number =>
  Math.min(
    (requestsPerSecond * postShare.value * channelPostShare.value) / concurrency,
    (postsInFlight.value * 1_000) / postMs.value,
    1_000 / postCpuMs.value,
  );

/**
 * Computes a batch. The channels of a batch do not wait for each other, and the entries of a channel are written one
 * after the other. Posting ends after a quarter of a second.
 */
export const fanOutBatch = (
  question: ChannelQuestion,
  { records, channels }: { records: number; channels: number },
  figures: Figures,
): FanOutBatch => {
  const posts = records * question.members;
  const postsPerSecond = postsOfFunction(question, figures);
  const most = Math.floor(postsPerSecond * figures.channelPostSeconds.value);
  const laterPages = Math.ceil(question.members / figures.subscriptionPageRows.value) - 1;
  const calls = CALLS_OF_BATCH + laterPages + Math.ceil(records / channels);
  const postingMs = pacedMs(Math.min(posts, most), postsPerSecond, figures) + figures.postMs.value;
  return {
    records,
    durationMs: calls * figures.tableCallMs.value + postingMs,
    handedOver: Math.max(0, posts - most),
  };
};

/** Time until the last of these posts begins. The first ones do not wait. */
export const pacedMs = (posts: number, postsPerSecond: number, { postBurstMs }: Figures): number =>
  Math.max(0, (posts / postsPerSecond) * 1_000 - postBurstMs.value);

/** The batches at the rate of the plan: the busier the functions are, the more records share one. */
export const batchAtRate = (question: ChannelQuestion, figures: Figures): FanOutBatch =>
  smallestBatch(figures, (records) => {
    const batch = fanOutBatch(question, { records, channels: Math.min(records, question.channels) }, figures);
    return { batch, fits: (question.concurrency * records * 1_000) / batch.durationMs >= question.rate };
  });

/** The batches of one channel alone at its rate: a group waits for its function. */
export const channelBatchAtRate = (question: ChannelQuestion, figures: Figures): FanOutBatch =>
  smallestBatch(figures, (records) => {
    const batch = fanOutBatch(question, { records, channels: 1 }, figures);
    return { batch, fits: perChannel(batch, figures) >= question.rate / question.channels };
  });

/** A backlog fills the batches. So if full batches are too slow, smaller ones do not last. */
const smallestBatch = (
  { channelBatchSize }: Figures,
  tryRecords: (records: number) => { batch: FanOutBatch; fits: boolean },
): FanOutBatch => {
  const full = tryRecords(channelBatchSize.value);
  for (let records = 1; full.fits && records < channelBatchSize.value; records++) {
    const { batch, fits } = tryRecords(records);
    if (fits) return batch;
  }
  return full.batch;
};

/** Messages a second of one channel. Its next batch starts when SQS knows the end of the last one. */
const perChannel = ({ records, durationMs }: FanOutBatch, { pickUpMs }: Figures): number =>
  (records * 1_000) / (durationMs + pickUpMs.value);

/** Computes the limits of a plan. The first one binds first. */
export const channelLimits = (question: ChannelQuestion, figures: Figures): Limit[] =>
  [
    limitOfPosts(question, figures),
    limitOfHandOver(question, figures),
    limitOfFunctions(question, figures),
    ...limitsOfChannel(question, figures),
  ]
    .filter(({ publishesPerSecond }) => Number.isFinite(publishesPerSecond))
    .map((limit) => ({ ...limit, used: question.rate / limit.publishesPerSecond }))
    .sort((a, b) => a.publishesPerSecond - b.publishesPerSecond);

type UnusedLimit = Omit<Limit, 'used'>;

const limitOfPosts = ({ members, rate, requestsPerSecond }: ChannelQuestion, { postShare }: Figures): UnusedLimit => {
  const usable = requestsPerSecond * postShare.value;
  const posts = rate * members;
  const quota = Math.floor(posts / postShare.value) + 1;
  const limit = `${number(postShare.value * 100)} % of the account's quota of ${number(requestsPerSecond)}, which is ${number(usable)}`;
  return {
    name: "the account's posts",
    publishesPerSecond: usable / members,
    obstacle: {
      problem: `${number(posts)} posts a second exceed ${limit}`,
      remedies: [
        `raise the account's quota to ${number(quota)} requests a second or more`,
        fewerThan(usable / members),
      ],
    },
  };
};

/** The broadcasts' functions have their own share of the posts. */
const limitOfHandOver = (question: ChannelQuestion, figures: Figures): UnusedLimit => {
  const { members, rate, requestsPerSecond, concurrency } = question;
  const { postShare, channelPostShare, channelPostSeconds } = figures;
  const share = postShare.value * (1 - channelPostShare.value);
  const { records, handedOver } = batchAtRate(question, figures);
  const most = (requestsPerSecond * share * records) / handedOver;
  // A higher quota also lets the channels' functions post more themselves.
  const own = (rate * postShare.value * channelPostShare.value * channelPostSeconds.value) / concurrency / records;
  const quota = Math.ceil((rate * (members + 1)) / (share + own));
  const percent = Math.ceil(100 * (1 - (rate * members) / (requestsPerSecond * postShare.value))) - 1;
  return {
    name: 'the posts that are handed over',
    publishesPerSecond: most,
    obstacle: {
      problem: `${number(Math.round((rate * handedOver) / records))} posts a second are handed over to the broadcasts' functions, whose share is ${number(requestsPerSecond * share)}`,
      remedies: [
        `raise the account's quota to ${number(quota)} requests a second or more`,
        ...(percent >= 1 ? [`lower channelFanOut.postsShare to ${percent}`] : []),
        fewerThan(most),
      ],
    },
  };
};

/** https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html#events-sqs-max-concurrency */
const MAX_CONCURRENCY = 1_000;

const limitOfFunctions = (question: ChannelQuestion, figures: Figures): UnusedLimit => {
  const { rate, concurrency } = question;
  const most = recordsOfFunctions(question, concurrency, figures);
  let enough = concurrency;
  while (enough <= MAX_CONCURRENCY && recordsOfFunctions(question, enough, figures) <= rate) enough++;
  const raise = `raise channelFanOut.maxConcurrency to ${number(enough)}`;
  return {
    name: "the functions' concurrency",
    publishesPerSecond: most,
    obstacle: {
      problem: `${number(concurrency)} functions of the channels take ${number(Math.floor(most))} publishes a second`,
      remedies: [...(enough <= MAX_CONCURRENCY ? [raise] : []), fewerThan(most)],
    },
  };
};

const recordsOfFunctions = (question: ChannelQuestion, concurrency: number, figures: Figures): number => {
  const records = figures.channelBatchSize.value;
  const channels = Math.min(records, question.channels);
  const { durationMs } = fanOutBatch({ ...question, concurrency }, { records, channels }, figures);
  // A channel never has two functions.
  return (Math.min(concurrency, question.channels) * records * 1_000) / durationMs;
};

/** The limits of one channel. The publishes are spread evenly over the channels. */
const limitsOfChannel = (question: ChannelQuestion, figures: Figures): UnusedLimit[] => {
  const { channels, rate, sizeBytes } = question;
  const { channelBatchSize, groupRecordsPerSecond, partitionWriteUnitsPerSecond } = figures;
  const inOrder = perChannel(fanOutBatch(question, { records: channelBatchSize.value, channels: 1 }, figures), figures);
  const { entryUnits } = logUnits({ sizeBytes, history: true }, figures);
  const limitOf = (name: string, perSecond: number, limit: string): UnusedLimit => ({
    name,
    publishesPerSecond: perSecond * channels,
    obstacle: {
      problem: `${number(rate / channels)} publishes a second to each channel exceed ${limit}`,
      remedies: [`use at least ${number(Math.floor(rate / perSecond) + 1)} channels`, fewerThan(perSecond * channels)],
    },
  });
  return [
    limitOf(
      'one channel, in its order',
      inOrder,
      `the ${number(Math.floor(inOrder))} that one function after the other takes`,
    ),
    limitOf(
      "one group's records",
      groupRecordsPerSecond.value,
      `the ${number(groupRecordsPerSecond.value)} records of a group in the FIFO queue`,
    ),
    limitOf(
      "one partition's writes",
      partitionWriteUnitsPerSecond.value / entryUnits,
      `the ${number(partitionWriteUnitsPerSecond.value)} write units of a partition, at ${number(entryUnits)} for ${bytes(sizeBytes)}`,
    ),
  ];
};

/** Rounded down. */
const fewerThan = (publishes: number): string => {
  const digits = publishes >= 10 ? 0 : 3;
  const below = Math.floor(publishes * 10 ** digits) / 10 ** digits;
  return `publish fewer than ${digits === 0 ? number(below) : below} messages a second`;
};
