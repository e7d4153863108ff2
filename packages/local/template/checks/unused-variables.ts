import type { LambdaFunction } from '../../model/application.ts';
import { MEMORY_OPTION, readNodeOptions } from '../../model/node-options.ts';

/** The variables of functions that have an effect on Lambda but not here. One sentence for each. */
export const unusedVariables = (functions: readonly LambdaFunction[]): readonly string[] =>
  functions.flatMap(({ functionName, environment: { TZ, NODE_OPTIONS = '', AWS_LAMBDA_EXEC_WRAPPER: wrapper } }) => {
    const flags = readNodeOptions(NODE_OPTIONS)
      .ofProcess.filter((option) => !MEMORY_OPTION.test(option))
      .join(' ');
    return [
      ...(TZ && !/^:?(UTC|Etc\/UTC)$/.test(TZ) ? [`${functionName} has TZ=${TZ}, but functions run in UTC here`] : []),
      ...(flags
        ? [`${functionName} has NODE_OPTIONS=${flags}, which does nothing here: all functions are one process`]
        : []),
      ...(wrapper
        ? [
            `${functionName} has AWS_LAMBDA_EXEC_WRAPPER=${wrapper}, which does not run here: the function runs without it`,
          ]
        : []),
    ];
  });
