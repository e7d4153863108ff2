import { isDeepStrictEqual } from 'node:util';
import type { Application, LambdaFunction } from '../model/application.ts';

/** Functions that are new or not what they were. */
export const changedFunctions = (now: Application, next: Application): readonly LambdaFunction[] =>
  next.functions.filter(
    (lambda) =>
      !now.functions.some((known) => known.functionName === lambda.functionName && isDeepStrictEqual(known, lambda)),
  );
