/**
 * Stops parts one after the other, the last started first. It continues if one of them fails.
 * @throws {AggregateError} with all errors, after every part was tried.
 */
export const stopInReverse = async (stops: readonly (() => Promise<void>)[]): Promise<void> => {
  const failures: Error[] = [];
  for (const stop of [...stops].reverse()) await stop().catch((error: Error) => failures.push(error));
  if (failures.length > 0) throw new AggregateError(failures, failures.map(({ message }) => message).join('; '));
};
