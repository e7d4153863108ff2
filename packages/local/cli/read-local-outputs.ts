import type { StackOutputs } from '../model/application.ts';

/**
 * Asks a local run for the outputs of its stacks.
 * @param origin `http://127.0.0.1:3001`
 * @returns `undefined` where nothing listens there, or something else.
 */
export const readLocalOutputs = async (origin: string): Promise<StackOutputs | undefined> => {
  const response = await fetch(new URL('/outputs.json', origin)).catch(() => undefined);
  if (!response?.ok) return undefined;
  return response.json().catch(() => undefined) as Promise<StackOutputs | undefined>;
};
