/** A figure of the planner. Every figure is in this file only. */
export interface Figure {
  value: number;
  unit: string;
  /** The Region that the figure is for. `all`: it is the same in every Region. */
  region: string;
  /** Month of the last lookup or measurement, YYYY-MM. */
  date: string;
  source: string;
}

const API_GATEWAY = 'https://aws.amazon.com/api-gateway/pricing/';
const QUOTAS = 'https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html';
const WEBSOCKET_QUOTAS =
  'https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html';
const FAN_OUT_API = 'this project: infra/constructs/fan-out-api.ts';
const CHANNEL_TABLE = 'this project: aws/channels/dynamo-channel-table.ts';
const CHANNEL_FAN_OUT = 'this project: fan-out/channels/fan-out-channels.ts';
const COUNTED = 'counted, test/packages/load/plan/channels/channel-costs.test.ts';

const usEast1 = (value: number, unit: string, date: string, source: string): Figure => ({
  ...{ value, unit, date, source },
  region: 'us-east-1',
});
const everywhere = (value: number, unit: string, date: string, source: string): Figure => ({
  ...{ value, unit, date, source },
  region: 'all',
});

/** List prices without free tiers and savings plans, default quotas, and sizes and times of the services. */
export const PRICES_AND_QUOTAS = {
  messagePrice: usEast1(
    1,
    'USD per million messages of 32 KB, in or out, first billion a month',
    '2025-05',
    API_GATEWAY,
  ),
  messagePriceAbove: usEast1(0.8, 'USD per million messages above a billion a month', '2025-05', API_GATEWAY),
  messageTier: usEast1(1_000_000_000, 'messages a month', '2025-05', API_GATEWAY),
  connectionMinutePrice: usEast1(0.25, 'USD per million connection minutes', '2025-05', API_GATEWAY),
  lambdaRequestPrice: usEast1(0.2, 'USD per million requests', '2026-05', 'https://aws.amazon.com/lambda/pricing/'),
  lambdaGbSecondPrice: usEast1(
    0.0000133334,
    'USD per GB-second, arm64',
    '2026-05',
    'https://aws.amazon.com/lambda/pricing/',
  ),
  queueRequestPrice: usEast1(
    0.4,
    'USD per million requests of 64 KB, standard queue',
    '2025-05',
    'https://aws.amazon.com/sqs/pricing/',
  ),
  fifoRequestPrice: usEast1(
    0.5,
    'USD per million requests of 64 KB, FIFO queue',
    '2026-03',
    'https://aws.amazon.com/sqs/pricing/',
  ),
  readUnitPrice: usEast1(
    0.125,
    'USD per million read request units, on demand',
    '2025-07',
    'https://aws.amazon.com/dynamodb/pricing/on-demand/',
  ),
  writeUnitPrice: usEast1(
    0.625,
    'USD per million write request units, on demand',
    '2025-07',
    'https://aws.amazon.com/dynamodb/pricing/on-demand/',
  ),
  transferPrice: usEast1(
    0.09,
    'USD per GB to the internet, first 10 TB a month',
    '2025-05',
    'https://aws.amazon.com/ec2/pricing/on-demand/#Data_Transfer',
  ),
  logPrice: usEast1(0.5, 'USD per GB of logs taken in', '2025-05', 'https://aws.amazon.com/cloudwatch/pricing/'),

  requestsPerSecond: everywhere(
    10_000,
    'requests a second of the account and Region, posts to @connections included; 2,500 in some Regions',
    '2026-11',
    QUOTAS,
  ),
  newConnectionsPerSecond: everywhere(
    500,
    'new connections a second of the account and Region',
    '2026-11',
    WEBSOCKET_QUOTAS,
  ),
  connectionSeconds: everywhere(7_200, 'seconds, longest life of a connection', '2026-11', WEBSOCKET_QUOTAS),
  idleSeconds: everywhere(600, 'seconds without a message until a connection is closed', '2026-11', WEBSOCKET_QUOTAS),
  meteredBytes: everywhere(32_768, 'bytes of one metered message', '2026-11', API_GATEWAY),
  maxMessageBytes: everywhere(131_072, 'bytes of a message', '2026-11', WEBSOCKET_QUOTAS),
  readUnitBytes: everywhere(
    4_096,
    'bytes of a strongly consistent read request unit',
    '2026-11',
    'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html',
  ),
  writeUnitBytes: everywhere(
    1_024,
    'bytes of a write request unit',
    '2026-11',
    'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html',
  ),
  partitionWriteUnitsPerSecond: everywhere(
    1_000,
    'write units a second of one partition key',
    '2026-11',
    'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html',
  ),
  queueRequestBytes: everywhere(
    65_536,
    'bytes of one metered request',
    '2026-03',
    'https://aws.amazon.com/sqs/pricing/',
  ),
  groupRecordsPerSecond: everywhere(
    300,
    'records a second of a partition of a FIFO queue, without batches; a message group is in one partition',
    '2026-11',
    'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html',
  ),
  tableReadUnitsPerSecond: everywhere(
    12_000,
    'read request units a second of a new table on demand',
    '2025-07',
    'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html',
  ),
  pollers: everywhere(
    5,
    'long polls of an idle event source, 20 seconds each',
    '2026-11',
    'https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html',
  ),

  postShare: everywhere(0.8, "share of the account's requests that the fan-out may use", '2026-11', FAN_OUT_API),
  concurrency: everywhere(2, 'fan-out functions that run at the same time', '2026-11', FAN_OUT_API),
  fanOutMemoryMb: everywhere(1_769, 'MB, one core', '2026-11', FAN_OUT_API),
  routeMemoryMb: everywhere(512, 'MB', '2026-11', FAN_OUT_API),
  batchSize: everywhere(10, 'broadcasts, most that share a scan', '2026-11', FAN_OUT_API),
  targetSeconds: everywhere(
    5,
    'seconds a function posts before it hands the rest over',
    '2026-11',
    'this project: fan-out/fan-out-batch.ts',
  ),
  scanPageRows: everywhere(
    2_000,
    'rows of one page of a scan',
    '2026-11',
    'this project: aws/connections/dynamo-connection-table.ts',
  ),
  segmentConnections: everywhere(
    5_000,
    'connections of a segment',
    '2026-11',
    'this project: fan-out/records/hand-over.ts',
  ),
  postsInFlight: everywhere(
    800,
    'posts in flight of a function',
    '2026-11',
    'this project: fan-out/pacing/concurrency-limit.ts',
  ),
  rowBytes: everywhere(
    54,
    'bytes of a row of the connection table',
    '2026-11',
    'this project: schemas/connections/connection-row.ts',
  ),
  channelPostShare: everywhere(
    0.5,
    "share of the posts that the channels' functions make",
    '2026-11',
    'this project: infra/channels/channel-options.ts',
  ),
  channelPostSeconds: everywhere(0.25, 'seconds of posts until a channel is let go', '2026-11', CHANNEL_FAN_OUT),
  postBurstMs: everywhere(
    100,
    'ms of posts that a function may make at its start without waiting',
    '2026-11',
    'this project: fan-out/pacing/token-bucket.ts',
  ),
  channelBatchSize: everywhere(
    10,
    'records, most of a batch',
    '2026-11',
    'this project: infra/channels/channel-fan-out-function.ts',
  ),
  maxChannels: everywhere(50, 'channels of a connection', '2026-11', 'this project: schemas/channels/channel-rules.ts'),
  maxChannelFrameBytes: everywhere(
    122_880,
    'bytes of a message of a channel in its frame',
    '2026-11',
    'this project: schemas/channels/frames.ts',
  ),
  subscriptionPageRows: everywhere(2_000, 'subscriptions of one page', '2026-11', CHANNEL_TABLE),
  subscriptionBytes: everywhere(105, 'bytes of a subscription', '2026-11', COUNTED),
  logEntryBytes: everywhere(180, 'bytes of an entry of the log without its data', '2026-11', COUNTED),
  channelRecordBytes: everywhere(110, 'bytes of a record of the channel queue without its data', '2026-11', COUNTED),
  channelFrameBytes: everywhere(140, 'bytes of the frame of a channel around its data', '2026-11', COUNTED),
  accountLogBytes: everywhere(
    600,
    'bytes of one account in the log',
    '2026-11',
    'this project: schemas/broadcast-account.ts',
  ),
  frameBytes: everywhere(
    70,
    'bytes of a delivered frame without its message: WebSocket, TLS, TCP, IP',
    '2026-11',
    'RFC 6455, RFC 8446',
  ),

  postMs: everywhere(
    20,
    'ms a post to @connections takes',
    '2026-11',
    'assumed: not measured on AWS. Correct it from a measurement',
  ),
  postCpuMs: everywhere(0.093, 'ms of a core a post costs', '2026-11', 'measured, npm run bench, Node 24'),
  routeMs: everywhere(30, 'ms from a frame to its record in the queue', '2026-11', 'assumed'),
  pickUpMs: everywhere(30, 'ms from the record to the start of its function, warm', '2026-11', 'assumed'),
  scanPageMs: everywhere(15, 'ms to read a page of a scan', '2026-11', 'assumed'),
  tableCallMs: everywhere(5, 'ms of one call of the table of channels', '2026-11', 'assumed'),
  routeBilledMs: everywhere(12, 'ms a route function is billed', '2026-11', 'assumed'),
  connectBilledMs: everywhere(12, 'ms a $connect or $disconnect function is billed', '2026-11', 'assumed'),
  syncSeconds: everywhere(
    420,
    'seconds between two times that a client syncs: 6 to 8 minutes by chance',
    '2026-11',
    'the subprotocol fanout.v1',
  ),
  pingSeconds: everywhere(
    540,
    'seconds between the pings of a client that keeps an idle connection',
    '2026-11',
    'below the idle timeout',
  ),
} as const satisfies Record<string, Figure>;

export type Figures = { readonly [name in keyof typeof PRICES_AND_QUOTAS]: Figure };
