import { basename } from 'node:path';
import { partitionOf } from '../../model/partition.ts';
import type { GivenValues } from './given-values.ts';
import { openResource, type Resource } from './open-resource.ts';
import type { Problem } from './problem.ts';
import type { AssemblyStack, TemplateResource } from './read-assembly.ts';
import { readTemplate } from './read-assembly.ts';
import { type References, resolveCondition, resolveIntrinsics, Unresolvable } from './resolve-intrinsics.ts';
import { type Identity, identityOf, type Place } from './resource-identity.ts';

export interface OpenStack {
  name: string;
  /** The resources whose condition holds, including the resources of nested stacks. */
  resources: readonly Resource[];
  /** Its outputs by name, without outputs that are unknown here or that refer to a resource in `leftOut`. */
  outputs(leftOut: ReadonlySet<string>): Readonly<Record<string, string>>;
  /** The value of an output, resolved. */
  output(name: string): unknown;
  /** Finds an output by its export name. */
  exported(exportName: string): { value: unknown } | undefined;
}

export interface OpenStackOptions extends Place {
  stack: AssemblyStack;
  /** `http://127.0.0.1:PORT`: the start of every queue URL. */
  sqsUrl: string;
  parameters: Readonly<Record<string, unknown>>;
  values: GivenValues;
  /** Shared by all stacks, because a value may lead through several of them. */
  reading: Reading;
  /** @throws {Unresolvable} */
  importValue(exportName: string): unknown;
  /** @throws {Unresolvable} */
  stackOutput(stackName: string, outputName: string): unknown;
}

/** The state while a value is read. */
export interface Reading {
  /** Collects the resources that the value refers to, with the names in use. */
  refersTo?: Map<string, Set<string>> | undefined;
  /** The ids that led to the value. Each refers to the next. */
  readonly path: string[];
}

const PSEUDO_PARAMETERS: Readonly<Record<string, (options: OpenStackOptions) => unknown>> = {
  'AWS::Region': ({ region }) => region,
  'AWS::AccountId': ({ accountId }) => accountId,
  'AWS::Partition': ({ region }) => partitionOf(region),
  'AWS::URLSuffix': () => 'amazonaws.com',
  'AWS::StackName': ({ stack }) => stack.name,
  'AWS::StackId': ({ stack, region, accountId }) =>
    `arn:${partitionOf(region)}:cloudformation:${region}:${accountId}:stack/${stack.name}/00000000-0000-0000-0000-000000000000`,
  'AWS::NotificationARNs': () => [],
  'AWS::NoValue': () => undefined,
};

/** Opens a stack's template: its resources and outputs, with references resolved. */
export const openStack = (options: OpenStackOptions): OpenStack => {
  const { stack, reading, values } = options;
  const declared = stack.template.Resources ?? {};
  const idOf = (logicalId: string): string => `${stack.name}/${logicalId}`;
  const referring = new Map(Object.keys(declared).map((logicalId) => [logicalId, new Map<string, Set<string>>()]));
  const identities = new Map<string, Identity>();
  const nestedStacks = new Map<string, OpenStack>();

  const identify = (logicalId: string): Identity => {
    const known = identities.get(logicalId);
    if (known) return known;
    const resource = declared[logicalId];
    if (!resource) {
      throw new Unresolvable(`it refers to ${logicalId}, which is not in the template`, `Declare ${logicalId}`);
    }
    // Missing values are reported when the same property is read again later.
    const property = (name: string) =>
      values.fill(resolveIntrinsics(resource.Properties?.[name], references), () => {});
    const place = { region: options.region, accountId: options.accountId, stackName: stack.name };
    const given = values.find(logicalId, idOf(logicalId));
    const input = { ...place, logicalId, type: resource.Type, property, ...(given !== undefined && { given }) };
    const identity = follow(reading, idOf(logicalId), () => identityOf(input, options.sqsUrl));
    identities.set(logicalId, identity);
    return identity;
  };

  const nested = (logicalId: string): OpenStack => {
    const known = nestedStacks.get(logicalId);
    if (known) return known;
    const nesting = collect(reading, referring.get(logicalId), () =>
      follow(reading, idOf(logicalId), () => nestedStackOf(logicalId, declared[logicalId], options, references)),
    );
    const opened = openStack({ ...options, ...nesting });
    nestedStacks.set(logicalId, opened);
    return opened;
  };

  const recordUse = (logicalId: string, name: string): void => {
    const { refersTo } = reading;
    const names = refersTo?.get(idOf(logicalId)) ?? new Set();
    refersTo?.set(idOf(logicalId), names.add(name));
  };

  const references: References = {
    template: stack.template,
    reference: (name) => {
      if (Object.hasOwn(PSEUDO_PARAMETERS, name)) return PSEUDO_PARAMETERS[name]?.(options);
      if (!Object.hasOwn(declared, name)) return parameterOf(name, options);
      recordUse(name, name);
      return identify(name).ref;
    },
    attribute: (logicalId, attribute) => {
      const name = `${logicalId}.${attribute}`;
      const given = values.find(name, idOf(name));
      if (given !== undefined) return given;
      if (declared[logicalId]?.Type === 'AWS::CloudFormation::Stack' && attribute.startsWith('Outputs.')) {
        return nested(logicalId).output(attribute.slice('Outputs.'.length));
      }
      recordUse(logicalId, name);
      const value = identify(logicalId).attribute(attribute);
      if (value !== undefined) return value;
      throw new Unresolvable(`it uses ${name}, which is not known here`, `Give its value with --value ${name}=VALUE`);
    },
    follow: (name, read) => follow(reading, idOf(name), read),
    importValue: options.importValue,
    stackOutput: options.stackOutput,
  };

  /**
   * Empty if the resource's condition does not hold. An unknown condition keeps the resource and becomes its problem.
   */
  const open = ([logicalId, { Type: type, Properties = {}, Condition }]: [string, TemplateResource]): Resource[] => {
    const problems: Problem[] = [];
    const problem = (what: string, remedy: string): void => {
      if (problems.some((known) => known.what === what)) return;
      problems.push({ logicalId, type, ...pathOf(logicalId, stack), what, remedy });
    };
    const attempt = <T>(action: () => T): T | undefined => {
      try {
        return action();
      } catch (error) {
        if (!(error instanceof Unresolvable)) throw error;
        problem(error.message, error.remedy);
        return undefined;
      }
    };
    const isThere = attempt(() => Condition === undefined || resolveCondition(Condition, references));
    if (isThere === false) return [];
    const identity = attempt(() => identify(logicalId));
    const refersTo = referring.get(logicalId) ?? new Map<string, Set<string>>();
    const resource = openResource({
      id: idOf(logicalId),
      logicalId,
      type,
      ref: identity?.ref ?? logicalId,
      arn: identity?.attribute('Arn') ?? '',
      property: (name) => {
        const value = attempt(() => collect(reading, refersTo, () => resolveIntrinsics(Properties[name], references)));
        return values.fill(value, (text) =>
          problem(`its ${name} has ${text}, which has no value here`, `Give its value with --value '${text}=VALUE'`),
        );
      },
      refersTo,
      problem,
      problems,
    });
    const inner = type === 'AWS::CloudFormation::Stack' ? attempt(() => nested(logicalId).resources) : [];
    return [resource, ...(inner ?? [])];
  };

  const resources = Object.entries(declared).flatMap(open);
  const outputValue = (name: string, { Value }: { Value: unknown }): unknown =>
    follow(reading, idOf(`Outputs.${name}`), () => resolveIntrinsics(Value, references));

  return {
    name: stack.name,
    resources,
    outputs: (leftOut) => outputsOf(options, references, leftOut),
    output: (name) => {
      const output = stack.template.Outputs?.[name];
      if (output) return outputValue(name, output);
      throw new Unresolvable(
        `it uses the output ${name}, which ${stack.name} does not have`,
        `Declare the output ${name}`,
      );
    },
    exported: (exportName) => {
      const output = Object.entries(stack.template.Outputs ?? {}).find(
        ([, { Export }]) => Export && resolveIntrinsics(Export.Name, references) === exportName,
      );
      return output && { value: outputValue(...output) };
    },
  };
};

/** Reads the value of `id`. @throws {Unresolvable} if the value refers to itself. */
const follow = <T>({ path }: Reading, id: string, read: () => T): T => {
  if (path.includes(id)) {
    const circle = path.slice(path.indexOf(id)).sort().join(', '); // sorted, so that the text is the same whichever id is read first
    throw new Unresolvable(`it is part of a circular reference: ${circle}`, 'Remove one of the references');
  }
  path.push(id);
  try {
    return read();
  } finally {
    path.pop();
  }
};

const collect = <T>(reading: Reading, refersTo: Map<string, Set<string>> | undefined, read: () => T): T => {
  const { refersTo: outer } = reading;
  reading.refersTo = refersTo;
  try {
    return read();
  } finally {
    reading.refersTo = outer;
  }
};

const outputsOf = (
  { stack: { template }, reading }: OpenStackOptions,
  references: References,
  leftOut: ReadonlySet<string>,
): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(template.Outputs ?? {}).flatMap(([name, { Value, Condition }]) => {
      try {
        if (Condition !== undefined && !resolveCondition(Condition, references)) return [];
        const refersTo = new Map<string, Set<string>>();
        const value = collect(reading, refersTo, () => resolveIntrinsics(Value, references));
        return [...refersTo.keys()].some((id) => leftOut.has(id)) ? [] : [[name, String(value)]];
      } catch (error) {
        if (error instanceof Unresolvable) return [];
        throw error;
      }
    }),
  );

const pathOf = (logicalId: string, { template, constructPaths }: AssemblyStack): { path?: string } => {
  const path = template.Resources?.[logicalId]?.Metadata?.['aws:cdk:path'] ?? constructPaths.get(logicalId);
  return typeof path === 'string' ? { path } : {};
};

const parameterOf = (name: string, { stack, parameters, values }: OpenStackOptions): unknown => {
  const parameter = stack.template.Parameters?.[name];
  if (!parameter) throw new Unresolvable(`it refers to ${name}, which is not in the template`, `Declare ${name}`);
  const given = parameters[name] ?? values.find(name, `${stack.name}/${name}`);
  if (given === undefined && parameter.Type.startsWith('AWS::SSM::')) {
    throw new Unresolvable(
      `it needs the parameter ${name}, whose value is ${parameter.Default ?? ''} in an AWS account (Systems Manager Parameter Store)`,
      `Pass it with --parameter ${name}=VALUE`,
    );
  }
  const value = given ?? parameter.Default;
  if (value === undefined) {
    throw new Unresolvable(
      `it needs the parameter ${name}, which has no default`,
      `Pass it with --parameter ${name}=VALUE`,
    );
  }
  const isList = /List<|CommaDelimitedList/.test(parameter.Type);
  return isList && typeof value === 'string' ? value.split(',').map((item) => item.trim()) : value;
};

/** A nested stack's template is an asset; its parameters come from the resource that nests it. */
const nestedStackOf = (
  logicalId: string,
  resource: TemplateResource | undefined,
  { stack }: OpenStackOptions,
  references: References,
): Pick<OpenStackOptions, 'stack' | 'parameters'> => {
  const url = String(resolveIntrinsics(resource?.Properties?.TemplateURL, references));
  const templateFile = stack.assets.get(basename(url));
  if (templateFile === undefined) {
    throw new Unresolvable(`its template ${url} is not in the cloud assembly`, 'Use a NestedStack of the CDK');
  }
  return {
    stack: { ...stack, name: `${stack.name}-${logicalId}`, template: readTemplate(templateFile), templateFile },
    parameters: (resolveIntrinsics(resource?.Properties?.Parameters, references) ?? {}) as Record<string, unknown>,
  };
};
