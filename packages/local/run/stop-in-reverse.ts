/**
 * Ends what was begun, the last first, one after the other, and all of it, also where one cannot be ended.
 * @throws {AggregateError} with what failed, after all were tried.
 */
export const endAll = async (begun: readonly (() => Promise<void>)[]): Promise<void> => {
  const failures: Error[] = [];
  for (const end of [...begun].reverse()) await end().catch((error: Error) => failures.push(error));
  if (failures.length > 0) throw new AggregateError(failures, failures.map(({ message }) => message).join('; '));
};
