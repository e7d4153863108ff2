/**
 * The end of a command that cannot go on: what is the matter, for a person, and exit code 1. The stack trace is for whoever
 * mends the command itself: `MIDDY_FANOUT_TRACE=1` shows it.
 */
export const endWithSentence = (error: unknown): void => {
  const trace = process.env.MIDDY_FANOUT_TRACE === '1' && error instanceof Error ? error.stack : undefined;
  process.stderr.write(`${trace ?? (error instanceof Error ? error.message : String(error))}\n`);
  process.exitCode = 1;
};
