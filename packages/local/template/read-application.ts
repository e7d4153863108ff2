import { resolve } from 'node:path';
import { unwritableLogs } from '../iam/unwritable-logs.ts';
import type { Application, EventSource, LambdaFunction, Policies, WebSocketApi } from '../model/application.ts';
import { type GivenValues, givenValues } from './assembly/given-values.ts';
import type { Resource } from './assembly/open-resource.ts';
import { type OpenStack, openStack } from './assembly/open-stack.ts';
import { UnsupportedApplication } from './assembly/problem.ts';
import { type AssemblyStack, readAssembly, readMissingLookups } from './assembly/read-assembly.ts';
import { Unresolvable } from './assembly/resolve-intrinsics.ts';
import type { Place } from './assembly/resource-identity.ts';
import { isNotifying, supportOf } from './assembly/resource-types.ts';
import { checkGivenNames } from './checks/check-given-names.ts';
import { describeLeftOut, describeMissing, describeStandIns, undeployedStages } from './checks/left-out.ts';
import { unsupportedByGateway } from './checks/unsupported-by-gateway.ts';
import { unusedVariables } from './checks/unused-variables.ts';
import { collectPolicies } from './readers/collect-policies.ts';
import { readApis } from './readers/read-apis.ts';
import { readEventSources } from './readers/read-event-sources.ts';
import { readFunctions } from './readers/read-functions.ts';
import { readQueues } from './readers/read-queues.ts';
import { readTables } from './readers/read-tables.ts';
import { readUserPools } from './readers/read-user-pools.ts';

export interface ReadApplicationOptions {
  /** Folder of the cloud assembly. */
  cdkOut: string;
  /** `http://127.0.0.1:PORT`: queue URLs start with it. */
  sqsUrl: string;
  /** Values of template parameters, in place of their defaults. */
  parameters?: Readonly<Record<string, string>>;
  /** Values that a deployment would find in an account, by the names that the start uses for them. */
  values?: Readonly<Record<string, string>>;
  /** Resource types and logical ids to leave out. */
  ignore?: readonly string[];
  /** The run issues the tokens of user pools, so they are not missing. Default false. */
  issueTokens?: boolean;
  /** Folder for the inline code of functions. Default: `local` in the cloud assembly. */
  inlineFolder?: string;
}

export interface ReadApplication {
  application: Application;
  policies: Policies;
  /** Warnings, one sentence each: something is left out here, or fails on AWS. */
  notices: readonly string[];
}

const TOKENS = '. --issue-tokens runs without it too, and issues its tokens';

/** AWS's own example account, used if the application names no account. */
const DEFAULT_ACCOUNT_ID = '123456789012';
const DEFAULT_REGION = 'us-east-1';

/**
 * Reads a synthesized CDK application: all its stacks, with every intrinsic function resolved. API Gateway's endpoints
 * keep their names on AWS.
 * @throws {UnsupportedApplication} naming every resource that cannot run, with the reason and the remedy.
 */
export const readApplication = (options: ReadApplicationOptions): ReadApplication => {
  const { cdkOut, inlineFolder = resolve(cdkOut, 'local') } = options;
  const stacks = readAssembly(cdkOut);
  checkGivenNames(options, stacks);
  const name = stacks.map((stack) => stack.name).join(', ');
  const place = placeOf(stacks);
  const missing = readMissingLookups(cdkOut);
  const dummies = missing.flatMap(({ dummy }) => dummy ?? []);
  const values = givenValues(options.values, dummies);
  const opened = openStacks(stacks, place, options, values);
  const { ignore = [] } = options;
  const isIgnored = ({ type, logicalId }: Resource) => ignore.includes(type) || ignore.includes(logicalId);
  const all = opened.flatMap((stack) => stack.resources);
  const resources = all.filter((resource) => !isIgnored(resource));
  const isGiven = ({ logicalId, id }: Resource) => values.find(logicalId, id) !== undefined;
  const isIssued = ({ type }: Resource) => options.issueTokens === true && type.startsWith('AWS::Cognito::');
  const unsupported = resources.filter(
    (resource) => supportOf(resource.type) === 'unsupported' && !isGiven(resource) && !isIssued(resource),
  );

  const functionNames = new Map(
    resources.flatMap(({ type, arn, ref }) =>
      type === 'AWS::Lambda::Function'
        ? [
            [arn, ref],
            [ref, ref],
          ]
        : [],
    ) as [string, string][],
  );
  const functionNameOf = (nameOrArn: string) => functionNames.get(nameOrArn);
  const apis = readApis({ resources, place, functionNameOf });
  if (apis.length === 0) throw new Error(`${name} has no WebSocket API, so there is nothing to run`);
  for (const api of apis) {
    const resource = resources.find(({ ref }) => ref === api.apiId);
    for (const what of unsupportedByGateway(api)) resource?.problem(what, 'Leave it out in the local run');
  }
  const undeployed = undeployedStages(apis, resources);
  const queues = readQueues(resources);
  const tables = readTables(resources);

  const assets = new Map(stacks.flatMap((stack) => [...stack.assets]));
  const allFunctions = readFunctions({ resources, inlineFolder, assetPathOf: (objectKey) => assets.get(objectKey) });
  const eventSources = readEventSources({ resources, queues, functions: allFunctions, functionNameOf });
  const unusable = new Set(
    [...resources.filter(isBroken), ...dependingOn(unsupported, resources)].map(({ arn }) => arn),
  );
  const reached = reachedFunctions(apis, eventSources);
  const providers = customResourceProviders(all);
  const leftOut = new Set(
    allFunctions
      .filter(({ functionName }) => !reached.has(functionName))
      .filter(({ arn }) => unusable.has(arn) || providers.has(arn))
      .map(({ arn }) => arn),
  );
  const functions = allFunctions.filter(({ arn }) => !leftOut.has(arn));
  const userPools = readUserPools(all, functions, isGiven);
  const policies = collectPolicies(resources, functions);

  const running = resources.filter(({ type, arn }) => supportOf(type) === 'run' && !leftOut.has(arn));
  const runningFunctions = running.filter(({ type }) => type === 'AWS::Lambda::Function');
  const needed = neededBy(running, unsupported);
  for (const resource of needed) {
    const values = namesInUse(resource, running).map((name) => `--value ${name}=VALUE`);
    resource.problem(
      'it is not run here',
      `Give its real name with ${values.join(' ')}, or run without it: --ignore ${resource.logicalId}, or --ignore ${resource.type}${resource.type.startsWith('AWS::Cognito::') ? TOKENS : ''}`,
    );
  }
  const relevant = new Set([...running, ...needed]);
  const problems = resources.filter((resource) => relevant.has(resource)).flatMap((resource) => resource.problems);
  if (problems.length > 0) throw new UnsupportedApplication(name, problems);
  const notRun = resources.filter(
    (resource) => (unsupported.includes(resource) && !relevant.has(resource)) || leftOut.has(resource.arn),
  );
  const notRunIds = new Set(notRun.map(({ id }) => id));
  const outputs = Object.fromEntries(opened.map((stack) => [stack.name, stack.outputs(notRunIds)]));
  const isMissed = (resource: Resource) => !isNotifying(resource.type) || subscribes(resource, running);
  const notices = [
    ...describeLeftOut(notRun.filter((resource) => !providers.has(resource.arn) && isMissed(resource))),
    ...describeStandIns(all.filter(isIgnored), (resource) => namesInUse(resource, runningFunctions)),
    ...describeMissing(missing),
    ...values.unused().map((name) => `no part of this run uses the value of ${name}: check the name of --value`),
    ...undeployed,
    ...unusedVariables(functions),
    ...unwritableLogs(functions, policies, (lambda) => logGroupOf(lambda, resources)),
  ];
  return {
    application: { name, ...place, apis, functions, tables, queues, eventSources, userPools, outputs },
    policies,
    notices,
  };
};

/** Opens every stack. The stacks follow each other's exports and outputs. */
const openStacks = (
  stacks: readonly AssemblyStack[],
  place: Place,
  { sqsUrl, parameters = {} }: ReadApplicationOptions,
  values: GivenValues,
): readonly OpenStack[] => {
  const opened: OpenStack[] = [];
  const importValue = (exportName: string): unknown => {
    const given = values.find(exportName);
    if (given !== undefined) return given;
    for (const stack of opened) {
      const output = stack.exported(exportName);
      if (output) return output.value;
    }
    throw new Unresolvable(
      `it imports ${exportName}, which no stack of the application exports`,
      `Synthesize the exporting stack with it, or give its value with --value ${exportName}=VALUE`,
    );
  };
  const stackOutput = (stackName: string, outputName: string): unknown => {
    const given = values.find(`${stackName}.${outputName}`);
    if (given !== undefined) return given;
    const stack = opened.find(({ name }) => name === stackName);
    if (stack) return stack.output(outputName);
    throw new Unresolvable(
      `it uses the output ${outputName} of the stack ${stackName}, which is not in the application`,
      `Synthesize that stack with it, or give its value with --value ${stackName}.${outputName}=VALUE`,
    );
  };
  const shared = { ...place, sqsUrl, parameters, values, importValue, stackOutput, reading: { path: [] } };
  for (const stack of stacks) opened.push(openStack({ stack, ...shared }));
  return opened;
};

const logGroupOf = ({ arn, functionName }: LambdaFunction, resources: readonly Resource[]): string => {
  const { LogGroup: named } = resources.find((resource) => resource.arn === arn)?.record('LoggingConfig') ?? {};
  return typeof named === 'string' ? named : `/aws/lambda/${functionName}`;
};

const placeOf = (stacks: readonly AssemblyStack[]): Place => ({
  region: stacks.find((stack) => stack.region)?.region ?? DEFAULT_REGION,
  accountId: stacks.find((stack) => stack.accountId)?.accountId ?? DEFAULT_ACCOUNT_ID,
});

const reachedFunctions = (apis: readonly WebSocketApi[], eventSources: readonly EventSource[]): ReadonlySet<string> => {
  const routes = apis.flatMap((api) => api.routes);
  const integrations = routes.flatMap(({ integration }) => (integration?.type === 'lambda' ? [integration] : []));
  const authorizers = routes.flatMap(({ authorizer }) => authorizer ?? []);
  return new Set([...integrations, ...authorizers, ...eventSources].map(({ functionName }) => functionName));
};

const isBroken = ({ problems }: Resource): boolean => problems.length > 0;

/** Whether a topic or subscription delivers to a running resource, which receives nothing from it here. */
const subscribes = (notifying: Resource, running: readonly Resource[]): boolean => {
  const endpoints = JSON.stringify([notifying.property('Endpoint'), notifying.property('Subscription')]);
  return running.some(({ arn }) => arn !== '' && endpoints.includes(`"${arn}"`));
};

/**
 * The resources that refer to an unsupported one. A permission is not one of them: it names its caller, but does not
 * need it.
 */
const dependingOn = (unsupported: readonly Resource[], resources: readonly Resource[]): readonly Resource[] => {
  const ids = new Set(unsupported.map(({ id }) => id));
  return resources.filter(
    ({ type, refersTo }) => type !== 'AWS::Lambda::Permission' && [...refersTo.keys()].some((id) => ids.has(id)),
  );
};

/** The unsupported resources that a running resource refers to. */
const neededBy = (running: readonly Resource[], unsupported: readonly Resource[]): readonly Resource[] => {
  const ids = new Set(dependingOn(unsupported, running).flatMap(({ refersTo }) => [...refersTo.keys()]));
  return unsupported.filter(({ id }) => ids.has(id));
};

/**
 * The names by which these resources refer to another one: `UserPool`, `UserPool.ProviderURL`. An ARN follows from the
 * resource's own name.
 */
const namesInUse = ({ id, logicalId }: Resource, by: readonly Resource[]): readonly string[] => {
  const names = new Set(by.flatMap(({ refersTo }) => [...(refersTo.get(id) ?? [])]));
  return [...names].filter((name) => !(names.has(logicalId) && name.endsWith('Arn'))).sort();
};

/** ARNs of the functions that create custom resources during a deployment. Most are the CDK's own. */
const customResourceProviders = (resources: readonly Resource[]): ReadonlySet<unknown> =>
  new Set(
    resources
      .filter(({ type }) => type.startsWith('Custom::') || type === 'AWS::CloudFormation::CustomResource')
      .map((resource) => resource.property('ServiceToken')),
  );
