import type { AssemblyStack } from '../assembly/read-assembly.ts';

interface Given {
  ignore?: readonly string[];
  parameters?: Readonly<Record<string, string>>;
}

/**
 * Refuses misspelt names, which would have no effect.
 * @throws {Error} if no stack has a resource to ignore, or a parameter, of this name.
 */
export const checkGivenNames = ({ ignore = [], parameters = {} }: Given, stacks: readonly AssemblyStack[]): void => {
  const resources = stacks.flatMap(({ template }) => Object.entries(template.Resources ?? {}));
  const names = new Set(resources.flatMap(([logicalId, { Type }]) => [logicalId, Type]));
  // A nested stack's resources are in its own template.
  const mayBeNested = names.has('AWS::CloudFormation::Stack');
  for (const name of ignore) {
    if (!names.has(name) && !mayBeNested)
      throw new Error(`No resource is called ${name}: ignore a resource by its logical id or its type`);
  }
  const declared = stacks.flatMap(({ template }) => Object.keys(template.Parameters ?? {}));
  for (const name of Object.keys(parameters)) {
    if (!declared.includes(name))
      throw new Error(`No stack has a parameter ${name}. The parameters are: ${declared.join(', ') || 'none'}`);
  }
};
