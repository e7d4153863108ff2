import type { BuildFailure } from 'esbuild';

/** Why a bundle could not be made. */
export interface BuildProblem {
  text: string;
  /** Relative to the working folder. Absent where no file is to blame: a glob that matches nothing. */
  file?: string;
  /** From 1. */
  line?: number;
  /** In characters, from 0. */
  column?: number;
}

/** The problems of what `bundle` threw. */
export const buildProblems = (error: unknown): BuildProblem[] => {
  const { errors } = error as Partial<BuildFailure>;
  if (!errors?.length) return [{ text: error instanceof Error ? error.message : String(error) }];
  return errors.map(({ text, location }) =>
    location ? { text, file: location.file, line: location.line, column: location.column } : { text },
  );
};
