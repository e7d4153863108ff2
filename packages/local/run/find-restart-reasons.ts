import { isDeepStrictEqual } from 'node:util';
import type { Application, LambdaFunction } from '../model/application.ts';

interface Named {
  logicalId: string;
}

/**
 * What differs between two states of an application and cannot be changed while clients are connected and rows are in
 * its tables: a sentence each. New tables, queues and functions can be, and so can functions, permissions and the
 * attributes of queues.
 */
export const whatNeedsRestart = (now: Application, next: Application): readonly string[] => [
  ...differing('The API', now.apis, next.apis),
  ...differing('The event source', now.eventSources, next.eventSources),
  ...kept(now.tables, next.tables).flatMap(([table, then]) =>
    isDeepStrictEqual(table, then) ? [] : [`The table ${table.logicalId} has changed: restart`],
  ),
];

const kept = <T extends Named>(now: readonly T[], next: readonly T[]): (readonly [T, T])[] =>
  now.flatMap((part) =>
    next.filter(({ logicalId }) => logicalId === part.logicalId).map((then) => [part, then] as const),
  );

const differing = <T extends Named>(kind: string, now: readonly T[], next: readonly T[]): string[] => {
  const ids = (parts: readonly T[]) => parts.map(({ logicalId }) => logicalId);
  const added = ids(next).filter((id) => !ids(now).includes(id));
  const removed = ids(now).filter((id) => !ids(next).includes(id));
  const changed = kept(now, next).filter(([part, then]) => !isDeepStrictEqual(part, then));
  return [
    ...added.map((id) => `${kind} ${id} is new: restart`),
    ...removed.map((id) => `${kind} ${id} is gone: restart`),
    ...changed.map(([{ logicalId }]) => `${kind} ${logicalId} has changed: restart`),
  ];
};

/** Functions that are new or not what they were. */
export const changedFunctions = (now: Application, next: Application): readonly LambdaFunction[] =>
  next.functions.filter(
    (lambda) =>
      !now.functions.some((known) => known.functionName === lambda.functionName && isDeepStrictEqual(known, lambda)),
  );
