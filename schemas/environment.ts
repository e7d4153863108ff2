/** The environment of our functions. `infra/` sets it, `aws/` reads it, both by these names. */
export const ENVIRONMENT = {
  FAN_OUT_CONNECTIONS_TABLE: 'name of the DynamoDB table of connections',
  FAN_OUT_CONNECTIONS_KEY: 'name of its partition key; connectionId where it is not set',
  FAN_OUT_BROADCAST_QUEUE_URL: 'URL of the SQS queue that broadcasts are sent to',
  FAN_OUT_DEAD_LETTER_QUEUE_URL: 'URL of the SQS queue for what cannot be delivered',
  FAN_OUT_POSTS_PER_SECOND: 'posts a second that one fan-out function may make',
  FAN_OUT_TARGET_MS: 'milliseconds one fan-out function posts for before others get the rest; 5000 where it is not set',
  AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI:
    'callback URL of the stage, https://{api}.execute-api.{region}.amazonaws.com/{stage}',
} as const;

export type EnvironmentName = keyof typeof ENVIRONMENT;

/**
 * Reads one variable.
 * @throws {Error} when it is missing or empty, naming it, what it is and what sets it.
 */
export const readEnvironment = (name: EnvironmentName, environment: NodeJS.ProcessEnv = process.env): string => {
  const value = environment[name];
  if (!value) {
    throw new Error(
      `The environment variable ${name} is not set: ${ENVIRONMENT[name]}. The construct in infra/ sets it on every function it makes; in a test, set it or pass services in the context.`,
    );
  }
  return value;
};

/**
 * A young generation of 4 MB: with Node's own size the garbage of 800 posts at once is collected so late that 100,000
 * posts took 369 MB at their peak, with this 230 to 242 MB (`npm run bench -- --quick`, before and after).
 */
export const FAN_OUT_NODE_OPTIONS: readonly string[] = ['--max-semi-space-size=4'];
