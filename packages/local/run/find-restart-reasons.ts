import { sep } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Application, LambdaFunction } from '../model/application.ts';

interface Named {
  logicalId: string;
}

/**
 * Finds the changes of an application that need a restart, because clients are connected and tables have rows. New
 * tables, queues and functions do not need one. Changed functions, permissions and queue attributes do not either.
 *
 * @returns One sentence for each change.
 */
export const findRestartReasons = (now: Application, next: Application): readonly string[] => [
  ...findChanges('The API', now.apis, next.apis),
  ...findChanges('The event source', now.eventSources, next.eventSources),
  ...inBoth(now.tables, next.tables).flatMap(([before, after]) =>
    isDeepStrictEqual(before, after) ? [] : [`The table ${before.logicalId} has changed: restart`],
  ),
  ...(isDeepStrictEqual(now.userPools, next.userPools) ? [] : ['The user pools have changed: restart']),
];

const inBoth = <T extends Named>(now: readonly T[], next: readonly T[]): (readonly [T, T])[] =>
  now.flatMap((before) =>
    next.filter(({ logicalId }) => logicalId === before.logicalId).map((after) => [before, after] as const),
  );

const findChanges = <T extends Named>(kind: string, now: readonly T[], next: readonly T[]): string[] => {
  const ids = (parts: readonly T[]) => parts.map(({ logicalId }) => logicalId);
  const added = ids(next).filter((id) => !ids(now).includes(id));
  const removed = ids(now).filter((id) => !ids(next).includes(id));
  const changed = inBoth(now, next).filter(([before, after]) => !isDeepStrictEqual(before, after));
  return [
    ...added.map((id) => `${kind} ${id} is new: restart`),
    ...removed.map((id) => `${kind} ${id} was removed: restart`),
    ...changed.map(([{ logicalId }]) => `${kind} ${logicalId} has changed: restart`),
  ];
};

/** The functions that are new or have changed, or have one of the changed files in their code. */
export const changedFunctions = (
  now: Application,
  next: Application,
  changedFiles: readonly string[],
): readonly LambdaFunction[] =>
  next.functions.filter(
    (lambda) =>
      !now.functions.some((known) => known.functionName === lambda.functionName && isDeepStrictEqual(known, lambda)) ||
      changedFiles.some((file) => file.startsWith(lambda.codePath + sep)),
  );
