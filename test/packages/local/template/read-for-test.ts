import { UnsupportedApplication } from '../../../../packages/local/template/assembly/problem.ts';
import { type ReadApplicationOptions, readApplication } from '../../../../packages/local/template/read-application.ts';
import { type AnAssembly, aChat, aFunction, anAssembly } from './an-assembly.ts';

export const QUEUE = { Type: 'AWS::SQS::Queue' };

/** Reads stacks as an application. */
export const read = (stacks: AnAssembly | readonly AnAssembly[], options: Partial<ReadApplicationOptions> = {}) =>
  readApplication({ cdkOut: anAssembly(...[stacks].flat()), sqsUrl: 'http://127.0.0.1:9324', ...options });

/** The environment of the chat's function, for the variables of a template. */
export const environmentOf = (Variables: Record<string, unknown>, rest: AnAssembly = {}, options = {}) =>
  read(aChat({ ...rest, Resources: { ...aFunction({ Environment: { Variables } }), ...rest.Resources } }), options)
    .application.functions[0]?.environment;

/** The problems of the stacks, one line each. */
export const problemsOf = (...parameters: Parameters<typeof read>): string[] => {
  try {
    read(...parameters);
  } catch (error) {
    if (error instanceof UnsupportedApplication)
      return error.problems.map(({ logicalId, what }) => `${logicalId}: ${what}`);
    throw error;
  }
  return [];
};
