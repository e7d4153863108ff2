import { describeError } from '../aws/describe-error.ts';
import { expecting } from '../packages/command-line/command.ts';

/** A queue's URL, as an output of a stack gives it. */
export const queueUrl = expecting(
  "a queue's URL such as https://sqs.eu-west-1.amazonaws.com/123456789012/broadcasts",
  (given) => {
    const parsed = URL.parse(given);
    return parsed && /^https?:$/.test(parsed.protocol) && /^\/[^/]+\/[^/]+$/.test(parsed.pathname) ? given : undefined;
  },
);

const { AWS_PROFILE } = process.env;

const NO_CREDENTIALS = AWS_PROFILE
  ? `the AWS profile "${AWS_PROFILE}" gives no credentials. Log in with it, or set AWS_PROFILE to another`
  : 'no AWS credentials were found. Log in, or set AWS_PROFILE';

/** What helps, by what is found in an error's name, code or message. */
const REMEDIES: readonly (readonly [found: RegExp, remedy: string])[] = [
  [/Region is missing/, 'no Region is known. Set AWS_REGION'],
  [/Region not accepted/, 'what AWS_REGION holds is no Region. Set it to one such as eu-west-1'],
  [/CredentialsProviderError|Could not load credentials/, NO_CREDENTIALS],
  [/Expired/, 'your AWS credentials have expired. Log in again'],
  [/ECONNREFUSED/, 'nothing listens there. Start the local run, or give the URL that it shows'],
  [/EPROTO/, 'it does not speak TLS. Give its URL with http:// if it runs on this machine'],
  [/^SyntaxError /, 'what answers there is no service of AWS. Compare it with the output of your stack'],
  [/ENOTFOUND|EAI_AGAIN/, 'its host is not known. Compare it with the output of your stack'],
  [/NonExistentQueue|QueueDoesNotExist/, 'there is no such queue. Compare it with the output of your stack'],
  [/ResourceNotFoundException/, 'there is no such log group in this Region and account'],
];

/**
 * Asks a service of AWS, and says of the usual failures what they concern and what helps.
 * @param what Begins the sentence: a queue's URL.
 * @throws what `ask` throws, if no remedy is known.
 */
export const askAws = async <Answer>(what: string, ask: () => Promise<Answer>): Promise<Answer> => {
  try {
    return await ask();
  } catch (error) {
    const { name, code, message } = describeError(error);
    const [, remedy] = REMEDIES.find(([found]) => found.test(`${name} ${code} ${message}`)) ?? [];
    throw remedy === undefined ? error : new Error(`${what}: ${remedy}`, { cause: error });
  }
};
