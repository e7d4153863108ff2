/** Options that make no sense. The message is one sentence for the person who typed them. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
