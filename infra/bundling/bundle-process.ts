import { readFileSync, writeFileSync } from 'node:fs';
import type { BuildFailure } from 'esbuild';
import type { Bundle } from './handlers.ts';
import { ANSWER_FD, makeBundle } from './make-bundle.ts';

/** The request that `bundleSync` writes to this process, as JSON. */
export interface BundleRequest {
  globs: readonly string[];
  /** The entries of the caller's `ClaimedFolders`. */
  claimed: readonly [string, string][];
}

/** The answer of this process, as JSON. */
export type BundleAnswer = { bundle: Bundle; claimed: readonly [string, string][] } | { failure: BundleFailure };

type BundleFailure = Pick<Error, 'message' | 'name'> & Partial<Pick<BuildFailure, 'errors' | 'warnings'>>;

const answer = async ({ globs, claimed }: BundleRequest): Promise<BundleAnswer> => {
  const folders = new Map(claimed);
  try {
    const bundle = await makeBundle(globs, folders);
    return { bundle, claimed: [...folders] };
  } catch (error) {
    const { message, name, errors, warnings } = error as BuildFailure;
    return { failure: { message, name, ...(errors && { errors, warnings }) } };
  }
};

writeFileSync(ANSWER_FD, JSON.stringify(await answer(JSON.parse(readFileSync(0, 'utf8')))));
