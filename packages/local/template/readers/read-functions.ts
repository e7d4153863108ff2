import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { isAbsolute, join } from 'node:path';
import type { LambdaFunction } from '../../model/application.ts';
import { handlerProblem } from '../../model/handler-file.ts';
import { type Preload, readNodeOptions } from '../../model/node-options.ts';
import { checkBounds, type Resource } from '../assembly/open-resource.ts';

export interface ReadFunctionsOptions {
  resources: readonly Resource[];
  /** Absolute path of an asset, by its object key in the bootstrap bucket. */
  assetPathOf(objectKey: string): string | undefined;
  /** Folder for the inline code of functions. */
  inlineFolder: string;
}

/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html */
const DEFAULT_TIMEOUT_SECONDS = 3;
const DEFAULT_MEMORY_MB = 128;
/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const BOUNDS = { Timeout: [1, 900], MemorySize: [128, 10_240] } as const;
/** All variables as one JSON object, which AWS's refusal shows as "String measured". Queue URLs are shorter here. */
const MAX_ENVIRONMENT_BYTES = 4_096;
/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime */
const RESERVED_VARIABLES = [
  '_HANDLER',
  '_X_AMZN_TRACE_ID',
  'AWS_ACCESS_KEY',
  'AWS_ACCESS_KEY_ID',
  'AWS_DEFAULT_REGION',
  'AWS_EXECUTION_ENV',
  'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
  'AWS_LAMBDA_FUNCTION_NAME',
  'AWS_LAMBDA_FUNCTION_VERSION',
  'AWS_LAMBDA_INITIALIZATION_TYPE',
  'AWS_LAMBDA_LOG_GROUP_NAME',
  'AWS_LAMBDA_LOG_STREAM_NAME',
  'AWS_LAMBDA_RUNTIME_API',
  'AWS_REGION',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'LAMBDA_RUNTIME_DIR',
  'LAMBDA_TASK_ROOT',
];

/** The Lambda functions of an application. A function that cannot run is reported as a problem. */
export const readFunctions = (options: ReadFunctionsOptions): readonly LambdaFunction[] =>
  options.resources
    .filter(({ type }) => type === 'AWS::Lambda::Function')
    .map((resource) => readFunction(resource, options));

const readFunction = (resource: Resource, options: ReadFunctionsOptions): LambdaFunction => {
  const runtime = resource.text('Runtime') ?? '';
  const handler = resource.text('Handler') ?? '';
  const codePath = readCode(resource, options);
  if (!/^nodejs\d+\.x$/.test(runtime)) {
    resource.problem(
      `its runtime is ${runtime || 'a container image'}, and only Node is run`,
      'Give it a nodejs runtime',
    );
  } else if (codePath !== undefined) {
    const problem = handlerProblem(codePath, handler, runtime);
    if (problem) resource.problem(problem.why, problem.remedy);
  }
  if (resource.list('Layers').length > 0)
    resource.problem('it uses layers, which are not run', 'Bundle their content, or leave them out in the local run');
  if (resource.list('FileSystemConfigs').length > 0) {
    resource.problem('it mounts a file system, which is not supported here', 'Leave it out in the local run');
  }
  checkBounds(resource, BOUNDS);
  const reservedConcurrency = resource.number('ReservedConcurrentExecutions');
  const environment = environmentOf(resource);
  if (codePath !== undefined) checkPreloads(resource, codePath, environment.NODE_OPTIONS ?? '');
  return {
    logicalId: resource.logicalId,
    functionName: resource.ref,
    arn: resource.arn,
    runtime,
    handler,
    codePath: codePath ?? '',
    environment,
    timeoutMs: (resource.number('Timeout') ?? DEFAULT_TIMEOUT_SECONDS) * 1_000,
    memoryMb: resource.number('MemorySize') ?? DEFAULT_MEMORY_MB,
    ...(reservedConcurrency !== undefined && { reservedConcurrency }),
    recursiveLoop: resource.text('RecursiveLoop') === 'Allow' ? 'Allow' : 'Terminate',
    roleArn: resource.text('Role') ?? '',
  };
};

/** Reports the modules that `NODE_OPTIONS` load and the code does not have: on Lambda, the function would not start. */
const checkPreloads = (resource: Resource, codePath: string, nodeOptions: string): void => {
  for (const preload of readNodeOptions(nodeOptions).preloads) {
    const { option, specifier } = preload;
    if (isAbsolute(specifier) || specifier.startsWith('file:')) {
      resource.problem(
        `its NODE_OPTIONS load ${specifier}, which is outside of its code`,
        'Bundle the module into the code, and name it by ./FILE',
      );
    } else if (specifier.startsWith('.') && !isInCode(preload, codePath)) {
      resource.problem(
        `its NODE_OPTIONS load ${specifier}, which is not in ${codePath}`,
        `Bundle the module there, or leave ${option} ${specifier} out of NODE_OPTIONS`,
      );
    }
  }
};

/** `--require` finds a file without its extension, `--import` does not. */
const isInCode = ({ option, specifier }: Preload, codePath: string): boolean => {
  if (option === '--import') return existsSync(join(codePath, specifier));
  try {
    createRequire(join(codePath, 'index.js')).resolve(specifier);
    return true;
  } catch {
    return false;
  }
};

const environmentOf = (resource: Resource): Record<string, string> => {
  const { Variables: variables = {} } = resource.record('Environment');
  const environment = Object.fromEntries(
    Object.entries(variables as object).map(([name, value]) => [name, String(value)]),
  );
  const reserved = Object.keys(environment).filter((name) => RESERVED_VARIABLES.includes(name));
  if (reserved.length > 0) {
    resource.problem(
      `AWS refuses its Environment: Lambda itself sets ${reserved.join(', ')}`,
      'Give its variables other names',
    );
  }
  const bytes = Buffer.byteLength(JSON.stringify(environment));
  if (bytes > MAX_ENVIRONMENT_BYTES) {
    resource.problem(
      `AWS refuses its Environment of ${bytes} bytes`,
      `Use at most ${MAX_ENVIRONMENT_BYTES}, including names, and read the rest from another place`,
    );
  }
  return environment;
};

const readCode = (resource: Resource, { assetPathOf, inlineFolder }: ReadFunctionsOptions): string | undefined => {
  const { ZipFile: inline, S3Key: objectKey } = resource.record('Code');
  if (typeof inline === 'string') return writeInline(inline, join(inlineFolder, resource.ref));
  const path = typeof objectKey === 'string' ? assetPathOf(objectKey) : undefined;
  if (path === undefined) {
    resource.problem('its code is not an asset of the cloud assembly', 'Use Code.fromAsset or NodejsFunction');
  } else if (!existsSync(path)) {
    resource.problem(`its code ${path} does not exist`, 'Synthesize the application again');
  } else if (!statSync(path).isDirectory()) {
    resource.problem(`its code ${path} is an archive`, 'Pass its source folder to Code.fromAsset');
  } else {
    return path;
  }
  return undefined;
};

/** CloudFormation writes inline code to `index.js`. */
const writeInline = (code: string, folder: string): string => {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'index.js'), code);
  return folder;
};
