import { ClientError } from '../schemas/errors.ts';

/**
 * The refusal of a text that could not be parsed as JSON. Its one violation says where the text goes wrong, and quotes a
 * few characters of it: it is for the client that wrote them, not for a log.
 */
export const malformedJson = (text: string): ClientError =>
  new ClientError('MESSAGE_MALFORMED', { errors: [{ path: '', rule: 'json', message: faultOf(text) }] });

const faultOf = (text: string): string => {
  try {
    JSON.parse(text);
    return 'is nested too deeply'; // the parser that failed calls itself for each level; JSON.parse does not
  } catch (error) {
    return (error as Error).message;
  }
};
