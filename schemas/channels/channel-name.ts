/** Our choice: longest name of a channel, in characters. */
export const MAX_CHANNEL_LENGTH = 128;
/** Our choice: longest encoded user, in characters, so that the user's channel has a valid name. */
export const MAX_USER_LENGTH = 100;
/** The channels of users begin with it. */
export const USER_PREFIX = 'user:';

const NAME = /^[A-Za-z0-9_.:%-]{1,128}$/;

/** Checks for a name of a channel: 1 to 128 characters of `A-Z a-z 0-9 _ . : - %`. */
export const isChannelName = (name: unknown): name is string => typeof name === 'string' && NAME.test(name);

/**
 * Encodes a user for the name of a channel and for the key of a subscription: each byte outside `A-Z a-z 0-9 _ . -`
 * becomes `%` and two hexadecimal digits, in UTF-8. No user is the empty text.
 *
 * ```ts
 * import { encodeUser } from 'middy-fanout/schemas';
 *
 * console.log(encodeUser('ann@example.com')); // ann%40example.com
 * ```
 * @throws {TypeError} if the encoded user has more than 100 characters, or if the text is not well-formed Unicode: two
 * such users would have one name.
 */
export const encodeUser = (user: string): string => {
  if (!user.isWellFormed()) throw new TypeError('Expected a user that is well-formed Unicode');
  const encoded = Array.from(new TextEncoder().encode(user), (byte) =>
    PLAIN_BYTE.test(String.fromCharCode(byte))
      ? String.fromCharCode(byte)
      : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`,
  ).join('');
  if (encoded.length > MAX_USER_LENGTH)
    throw new TypeError(
      `Expected a user of at most ${MAX_USER_LENGTH} characters after percent-encoding, got ${encoded.length}`,
    );
  return encoded;
};

const PLAIN_BYTE = /^[A-Za-z0-9_.-]$/;

/** The reverse of {@link encodeUser}. A text that was not encoded stays as it is. */
export const decodeUser = (encoded: string): string => {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return encoded;
  }
};

/** The channel of all connections of a user. @throws {TypeError} if the user is too long or empty. */
export const userChannel = (user: string): string => {
  if (user === '') throw new TypeError("Expected a user, got ''");
  return `${USER_PREFIX}${encodeUser(user)}`;
};
