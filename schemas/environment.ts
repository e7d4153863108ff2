/** The environment variables of the functions and their meaning. `infra/` sets them, and `aws/` reads them. */
export const ENVIRONMENT = {
  FAN_OUT_CONNECTIONS_TABLE: 'name of the DynamoDB table of connections',
  FAN_OUT_CONNECTIONS_KEY: 'name of its partition key; default connectionId',
  FAN_OUT_BROADCAST_QUEUE_URL: 'URL of the SQS queue that broadcasts are sent to',
  FAN_OUT_DEAD_LETTER_QUEUE_URL: 'URL of the SQS queue for dead letters',
  FAN_OUT_POSTS_PER_SECOND: 'most posts of one fan-out function in a second',
  FAN_OUT_TARGET_MS: 'milliseconds that one fan-out function posts before it hands the rest over; default 5000',
  FAN_OUT_CHANNELS_TABLE: 'name of the DynamoDB table of channels',
  FAN_OUT_CHANNEL_QUEUE_URL: 'URL of the SQS FIFO queue for messages of channels',
  FAN_OUT_CHANNEL_DEAD_LETTER_QUEUE_URL: 'URL of the SQS FIFO queue for dead letters of channels',
  FAN_OUT_CHANNELS: 'the rules of the channels by pattern, as JSON',
  FAN_OUT_MAY_PUBLISH:
    'the channels that a route may publish to, as a JSON list of patterns such as room:*; default all',
  AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI:
    'callback URL of the stage, https://{api}.execute-api.{region}.amazonaws.com/{stage}',
} as const;

export type EnvironmentName = keyof typeof ENVIRONMENT;

/**
 * Reads one variable.
 * @throws {Error} if it is missing or empty. The message has its name, its meaning and what sets it.
 */
export const readEnvironment = (name: EnvironmentName, environment: NodeJS.ProcessEnv = process.env): string => {
  const value = environment[name];
  if (!value) {
    throw new Error(
      `The environment variable ${name} is not set: ${ENVIRONMENT[name]}. The construct in infra/ sets it on every function that it creates. In a test, set it or pass services in the context.`,
    );
  }
  return value;
};

/**
 * Sets a young generation of 4 MB. With Node's default, garbage of 800 posts in flight is collected late, and the peak
 * of 100,000 posts was 369 MB. With this option it was 230 to 242 MB (`npm run bench -- --quick`).
 */
export const FAN_OUT_NODE_OPTIONS: readonly string[] = ['--max-semi-space-size=4'];
