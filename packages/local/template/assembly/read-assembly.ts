import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** The parts of a CloudFormation template that are read here. */
export interface Template {
  Resources?: Readonly<Record<string, TemplateResource>>;
  Parameters?: Readonly<Record<string, { Type: string; Default?: unknown }>>;
  Mappings?: Readonly<Record<string, unknown>>;
  Conditions?: Readonly<Record<string, unknown>>;
  Outputs?: Readonly<Record<string, { Value: unknown; Condition?: string; Export?: { Name: unknown } }>>;
  Transform?: unknown;
}

export interface TemplateResource {
  Type: string;
  Properties?: Readonly<Record<string, unknown>>;
  Condition?: string;
  Metadata?: Readonly<Record<string, unknown>>;
}

/** One stack of a cloud assembly. */
export interface AssemblyStack {
  name: string;
  template: Template;
  /** Absolute, for messages. */
  templateFile: string;
  /** `123456789012`, if the application names an account. */
  accountId?: string;
  region?: string;
  /** Object key in the bootstrap bucket to the asset's absolute path. */
  assets: ReadonlyMap<string, string>;
  /** Logical id to the construct's path. */
  constructPaths: ReadonlyMap<string, string>;
}

interface Artifact {
  type: string;
  environment?: string;
  displayName?: string;
  additionalMetadataFile?: string;
  metadata?: Metadata;
  properties?: { templateFile?: string; stackName?: string; file?: string; directoryName?: string };
}
type Metadata = Readonly<Record<string, readonly { type: string; data?: unknown }[]>>;
interface AssetManifest {
  files?: Record<string, { source: { path?: string }; destinations: Record<string, { objectKey: string }> }>;
}

/** @throws {Error} if the file does not exist or does not contain a JSON object. */
const readJson = <T extends object>(file: string): T => {
  if (!existsSync(file)) throw new Error(`${file} is missing: synthesize the application again`);
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new Error(`${file} cannot be read as JSON: synthesize the application again`, { cause });
  }
  if (!isObject(value)) throw new Error(`${file} does not contain a JSON object: synthesize the application again`);
  return value as T;
};

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Reads one template of an assembly.
 * @throws {Error} if the file is not a template. The message names the first invalid resource.
 */
export const readTemplate = (templateFile: string): Template => {
  const template = readJson<Template>(templateFile);
  for (const [logicalId, resource] of Object.entries(template.Resources ?? {})) {
    if (!isObject(resource) || typeof resource.Type !== 'string')
      throw new Error(`${templateFile}: its resource ${logicalId} has no Type: synthesize the application again`);
  }
  return template;
};

const constructPathsOf = (metadata: Metadata): Map<string, string> =>
  new Map(
    Object.entries(metadata).flatMap(([path, entries]) =>
      entries
        .filter(({ type }) => type === 'aws:cdk:logicalId')
        .map(({ data }) => [String(data), path.replace(/^\//, '')] as const),
    ),
  );

const assetsOf = (manifestFile: string): [string, string][] =>
  Object.values(readJson<AssetManifest>(manifestFile).files ?? {}).flatMap(({ source, destinations }) =>
    source.path === undefined
      ? []
      : Object.values(destinations).map(({ objectKey }): [string, string] => [
          objectKey,
          resolve(dirname(manifestFile), source.path as string),
        ]),
  );

/** `aws://123456789012/eu-central-1`, either part may be `unknown-…`. */
const environmentOf = (environment = ''): Pick<AssemblyStack, 'accountId' | 'region'> => {
  const [, accountId, region] = /^aws:\/\/([^/]+)\/(.+)$/.exec(environment) ?? [];
  return {
    ...(accountId && accountId !== 'unknown-account' && { accountId }),
    ...(region && region !== 'unknown-region' && { region }),
  };
};

/**
 * Reads the stacks of a cloud assembly (`cdk.out`), including the stacks of its stages. Asset paths are absolute: they
 * lead into the assembly or, with `aws:cdk:disable-asset-staging`, to the source folders.
 * @throws {Error} if the folder is not a cloud assembly or has no stack.
 * @see https://docs.aws.amazon.com/cdk/v2/guide/deploy.html#deploy-how-synth-app
 */
export const readAssembly = (cdkOut: string): readonly AssemblyStack[] => {
  const stacks = readFolder(resolve(cdkOut));
  if (stacks.length === 0)
    throw new Error(`${cdkOut} contains no CloudFormation stack: synthesize an application that has one`);
  return stacks;
};

/** A value that an application needs from an account. The CDK put a dummy in its place. */
export interface MissingLookup {
  /** The key in `cdk.context.json`. */
  key: string;
  /** The text of the dummy, if it is one text. */
  dummy?: string;
}

/** The lookups of a cloud assembly that were not made. */
export const readMissingLookups = (cdkOut: string): readonly MissingLookup[] => {
  const { missing = [] } = readJson<{
    missing?: { key: string; provider: string; props?: { parameterName?: string } }[];
  }>(join(resolve(cdkOut), 'manifest.json'));
  return missing.map(({ key, provider, props }) => ({
    key,
    ...(provider === 'ssm' && props?.parameterName && { dummy: `dummy-value-for-${props.parameterName}` }),
  }));
};

const readFolder = (folder: string): AssemblyStack[] => {
  const manifestFile = join(folder, 'manifest.json');
  if (!existsSync(manifestFile)) {
    throw new Error(
      `${folder} is not a synthesized CDK application (it has no manifest.json): run "npx cdk synth" first`,
    );
  }
  const artifacts = Object.entries(readJson<{ artifacts?: Record<string, Artifact> }>(manifestFile).artifacts ?? {});
  const ofType = (type: string) => artifacts.filter(([, artifact]) => artifact.type === type);
  const assets = new Map(
    ofType('cdk:asset-manifest').flatMap(([, { properties }]) => assetsOf(join(folder, properties?.file ?? ''))),
  );
  const stacks = ofType('aws:cloudformation:stack').map(([id, artifact]): AssemblyStack => {
    const templateFile = join(folder, artifact.properties?.templateFile ?? '');
    const metadata = {
      ...artifact.metadata,
      ...(artifact.additionalMetadataFile && readJson<Metadata>(join(folder, artifact.additionalMetadataFile))),
    };
    return {
      name: artifact.properties?.stackName ?? id,
      template: readTemplate(templateFile),
      templateFile,
      ...environmentOf(artifact.environment),
      assets,
      constructPaths: constructPathsOf(metadata),
    };
  });
  const nested = ofType('cdk:cloud-assembly').flatMap(([, { properties }]) =>
    readFolder(join(folder, properties?.directoryName ?? '')),
  );
  return [...stacks, ...nested];
};
