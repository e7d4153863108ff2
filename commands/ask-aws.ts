import { describeError } from '../aws/describe-error.ts';
import { expecting } from '../packages/command-line/command.ts';

const isQueueUrl = (given: string): boolean => {
  const parsed = URL.parse(given);
  return parsed !== null && /^https?:$/.test(parsed.protocol) && /^\/[^/]+\/[^/]+$/.test(parsed.pathname);
};

/** Reads a queue's URL, as the outputs of a stack have it. */
export const queueUrl = expecting(
  "a queue's URL such as https://sqs.eu-west-1.amazonaws.com/123456789012/broadcasts",
  (given) => (isQueueUrl(given) ? given : undefined),
);

/** Whether a URL is of a FIFO queue: its name tells. */
export const isFifoUrl = (url: string): boolean => url.endsWith('.fifo');

/** Reads the URL of a FIFO queue. */
export const fifoQueueUrl = expecting(
  "a FIFO queue's URL such as https://sqs.eu-west-1.amazonaws.com/123456789012/channels.fifo",
  (given) => (isQueueUrl(given) && isFifoUrl(given) ? given : undefined),
);

const { AWS_PROFILE } = process.env;

const NO_CREDENTIALS = AWS_PROFILE
  ? `the AWS profile "${AWS_PROFILE}" has no credentials. Log in with this profile, or set AWS_PROFILE to another one`
  : 'no AWS credentials were found. Log in, or set AWS_PROFILE';

/** Remedies for errors. A pattern matches the error's name, code or message. */
const REMEDIES: readonly (readonly [pattern: RegExp, remedy: string])[] = [
  [/Region is missing/, 'no Region is set. Set AWS_REGION'],
  [/Region not accepted/, 'AWS_REGION is not a valid Region. Set it to one such as eu-west-1'],
  [/CredentialsProviderError|Could not load credentials/, NO_CREDENTIALS],
  [/Expired/, 'your AWS credentials have expired. Log in again'],
  [/ECONNREFUSED/, 'no server listens there. Start the local run, or use the URL that it prints'],
  [/EPROTO/, 'the server does not use TLS. If it runs on this machine, write http://'],
  [/^SyntaxError /, 'the server is not an AWS service. Compare the URL with the output of your stack'],
  [/ENOTFOUND|EAI_AGAIN/, 'the host does not exist. Compare the URL with the output of your stack'],
  [/NonExistentQueue|QueueDoesNotExist/, 'the queue does not exist. Compare the URL with the output of your stack'],
  [/ResourceNotFoundException/, 'the log group does not exist in this Region and account'],
];

/**
 * Calls a service of AWS. The message of a usual failure names the resource and what to do.
 * @param resource The start of the message: a queue's URL.
 * @throws {Error} The usual failures with such a message, all others unchanged.
 */
export const askAws = async <Answer>(resource: string, ask: () => Promise<Answer>): Promise<Answer> => {
  try {
    return await ask();
  } catch (error) {
    const { name, code, message } = describeError(error);
    const [, remedy] = REMEDIES.find(([pattern]) => pattern.test(`${name} ${code} ${message}`)) ?? [];
    throw remedy === undefined ? error : new Error(`${resource}: ${remedy}`, { cause: error });
  }
};
