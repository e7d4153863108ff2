/** What was given cannot be used. The message is one sentence: what, what was given, what is expected. Exit code 2. */
export class InputError extends Error {
  override readonly name = 'InputError';
}
