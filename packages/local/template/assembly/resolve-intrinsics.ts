import type { Template } from './read-assembly.ts';

/** Looks up the names that a template's intrinsic functions refer to. */
export interface References {
  template: Template;
  /** A parameter, a pseudo parameter or a resource. `undefined` for `AWS::NoValue`. */
  reference(name: string): unknown;
  attribute(logicalId: string, attribute: string): unknown;
  /**
   * Reads the value of a name in the template.
   * @throws {Unresolvable} if the value refers to the name itself.
   */
  follow<T>(name: string, read: () => T): T;
  importValue(exportName: string): unknown;
  /** An output of another stack. */
  stackOutput(stackName: string, outputName: string): unknown;
}

/** The value of an intrinsic function is unknown here. */
export class Unresolvable extends Error {
  override readonly name = 'Unresolvable';
  readonly remedy: string;

  constructor(what: string, remedy: string) {
    super(what);
    this.remedy = remedy;
  }
}

const text = (value: unknown): string => {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new Unresolvable(
    `it uses ${JSON.stringify(value) ?? 'a missing value'} as a string`,
    'Give the intrinsic function a string, a number, true or false',
  );
};

const list = (value: unknown, name: string): readonly unknown[] => {
  if (Array.isArray(value)) return value;
  throw new Unresolvable(`its ${name} has ${JSON.stringify(value)} instead of a list`, `Give ${name} a list`);
};

/**
 * Replaces CloudFormation's intrinsic functions in a value by their results. Properties and list items whose result is
 * `AWS::NoValue` are left out.
 * @throws {Unresolvable} if a result is unknown here.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html
 */
export const resolveIntrinsics = (value: unknown, references: References): unknown => {
  const resolve = (inner: unknown): unknown => resolveIntrinsics(inner, references);
  if (Array.isArray(value)) return value.map(resolve).filter((item) => item !== undefined);
  if (typeof value !== 'object' || value === null) return value;
  const [[name, argument] = ['', undefined], ...others] = Object.entries(value);
  if (others.length === 0 && (name === 'Ref' || name.startsWith('Fn::'))) {
    const apply = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
    if (!apply) throw new Unresolvable(`it uses ${name}, which is not known here`, `Do without ${name}`);
    return apply(argument, resolve, references);
  }
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, inner]) => [key, resolve(inner)] as const)
      .filter(([, inner]) => inner !== undefined),
  );
};

/** Whether a condition of the template holds. */
export const resolveCondition = (name: string, references: References): boolean => {
  const condition = references.template.Conditions?.[name];
  if (condition === undefined) {
    throw new Unresolvable(`its condition ${name} is not in the template`, `Declare the condition ${name}`);
  }
  return references.follow(`Conditions.${name}`, () => evaluate(condition, references));
};

/** A condition is an intrinsic function, the name of another condition, or true or false, also as text. */
const evaluate = (condition: unknown, references: References): boolean => {
  if (typeof condition === 'object' && condition !== null && 'Condition' in condition) {
    return resolveCondition(text(condition.Condition), references);
  }
  return String(resolveIntrinsics(condition, references)) === 'true';
};

type Apply = (argument: unknown, resolve: (value: unknown) => unknown, references: References) => unknown;

const FUNCTIONS: Readonly<Record<string, Apply>> = {
  Ref: (argument, _resolve, references) => references.reference(text(argument)),
  'Fn::GetAtt': (argument, resolve, references) => {
    const [logicalId = '', ...attribute] = Array.isArray(argument) ? argument : text(argument).split('.');
    return references.attribute(text(logicalId), attribute.map((part) => text(resolve(part))).join('.'));
  },
  'Fn::Join': (argument, resolve) => {
    const [separator, items] = list(argument, 'Fn::Join');
    return list(resolve(items), 'Fn::Join').map(text).join(text(separator));
  },
  'Fn::Sub': (argument, resolve, references) => {
    const [template, variables = {}] = Array.isArray(argument) ? argument : [argument];
    return text(template).replace(/\$\{(!?)([^}]+)\}/g, (_, literal: string, name: string) => {
      if (literal) return `\${${name}}`;
      if (Object.hasOwn(variables as object, name)) return text(resolve((variables as Record<string, unknown>)[name]));
      const [logicalId = '', ...attribute] = name.trim().split('.');
      return text(
        attribute.length > 0 ? references.attribute(logicalId, attribute.join('.')) : references.reference(logicalId),
      );
    });
  },
  'Fn::Select': (argument, resolve) => {
    const [index, items] = list(argument, 'Fn::Select');
    const selected = list(resolve(items), 'Fn::Select')[Number(resolve(index))];
    if (selected === undefined) {
      throw new Unresolvable(
        `its Fn::Select asks for item ${JSON.stringify(index)}, which is not there`,
        'Select an item of the list',
      );
    }
    return selected;
  },
  'Fn::Split': (argument, resolve) => {
    const [separator, whole] = list(argument, 'Fn::Split');
    return text(resolve(whole)).split(text(separator));
  },
  'Fn::FindInMap': (argument, resolve, references) => {
    const [map, first, second, options] = list(argument, 'Fn::FindInMap');
    const keys = [map, first, second].map((key) => text(resolve(key)));
    const mapped = keys.reduce<unknown>(
      (inner, key) =>
        typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>)[key] : undefined,
      references.template.Mappings,
    );
    if (mapped !== undefined) return resolve(mapped);
    if (typeof options === 'object' && options !== null && 'DefaultValue' in options)
      return resolve(options.DefaultValue);
    throw new Unresolvable(`its Fn::FindInMap finds nothing at ${keys.join('.')}`, 'Add the key to the mapping');
  },
  'Fn::If': (argument, resolve, references) => {
    const [condition, whenTrue, whenFalse] = list(argument, 'Fn::If');
    return resolve(resolveCondition(text(condition), references) ? whenTrue : whenFalse);
  },
  'Fn::Equals': (argument, resolve) => {
    const [left, right] = list(argument, 'Fn::Equals').map((side) => JSON.stringify(resolve(side)));
    return left === right;
  },
  'Fn::And': (argument, _resolve, references) => list(argument, 'Fn::And').every((one) => evaluate(one, references)),
  'Fn::Or': (argument, _resolve, references) => list(argument, 'Fn::Or').some((one) => evaluate(one, references)),
  'Fn::Not': (argument, _resolve, references) => !evaluate(list(argument, 'Fn::Not')[0], references),
  'Fn::ImportValue': (argument, resolve, references) => references.importValue(text(resolve(argument))),
  'Fn::GetStackOutput': (argument, resolve, references) => {
    const { StackName, OutputName } = resolve(argument) as { StackName?: unknown; OutputName?: unknown };
    return references.stackOutput(text(StackName), text(OutputName));
  },
  'Fn::Base64': (argument, resolve) => Buffer.from(text(resolve(argument))).toString('base64'),
  'Fn::ToJsonString': (argument, resolve) => JSON.stringify(resolve(argument)),
  'Fn::GetAZs': (_argument, _resolve, references) =>
    ['a', 'b', 'c'].map((zone) => `${text(references.reference('AWS::Region'))}${zone}`),
};
