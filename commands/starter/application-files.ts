import { createRequire } from 'node:module';
import { posix } from 'node:path';
import type { Project } from './read-project.ts';
import type { Files } from './route-files.ts';

const require = createRequire(import.meta.url);
const { version, engines, devDependencies } = require('middy-fanout/package.json') as {
  version: string;
  engines: Readonly<Record<string, string>>;
  devDependencies: Readonly<Record<string, string>>;
};

/** The entry of a new application. */
export const NEW_ENTRY = 'bin/app.ts';
/** CommonJS needs it: Node itself does not run its `import`. */
const TSX = { tsx: '^4.23.0' };
/** An old Node cannot read TypeScript, and would say only that. With tsx, `bundleSync` names it. */
const CHECKED_NODE = 'node --require middy-fanout/check-node';

/** The stack is in `lib` if the entry is in `bin`, as in CDK's own applications. Otherwise it is beside the entry. */
export const stackFileOf = (entry: string): string => {
  const folder = posix.dirname(entry);
  return posix.join(folder === 'bin' ? 'lib' : folder, 'chat-stack.ts');
};

/** The entry needs these lines to make the stack. @param app The variable of the application. */
export const stackLines = (entry: string, extension: Project['extension'], app: string) => {
  const path = posix.relative(posix.dirname(entry), stackFileOf(entry)).replace(/\.ts$/, extension);
  return {
    importLine: `import { ChatStack } from '${path.startsWith('.') ? path : `./${path}`}';`,
    statement: `new ChatStack(${app}, 'ChatStack');`,
  };
};

export const STACK = `import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { bundleSync, FanOutApi } from 'middy-fanout/infra';

/** A chat: all other clients receive the message that one client sends. */
export class ChatStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const chat = new FanOutApi(this, 'Chat', { handlers: bundleSync('handlers/*.ts') });
    chat.addRoute('send-message', { can: ['broadcast'] });
    new CfnOutput(this, 'WebSocketUrl', { value: chat.webSocketUrl });
  }
}
`;

/** A new application has these files in addition to the stack and the route. */
export const newApplicationFiles = ({ isEsm, extension }: Project): Files => {
  const { importLine, statement } = stackLines(NEW_ENTRY, extension, 'app');
  return {
    [NEW_ENTRY]: `import { App } from 'aws-cdk-lib';\n${importLine}\n\nconst app = new App();\n${statement}\n`,
    'cdk.json': toJson({
      app: `${isEsm ? CHECKED_NODE : 'npx tsx'} ${NEW_ENTRY}`,
      // `cdk init` writes these too. The package has a copy, because a new application does not have the CDK yet.
      context: require('aws-cdk-lib/recommended-feature-flags.json'),
    }),
    'tsconfig.json': toJson({
      compilerOptions: {
        ...{ target: 'es2023', module: 'nodenext', noEmit: true, strict: true, types: ['node'] },
        ...(isEsm && { allowImportingTsExtensions: true, erasableSyntaxOnly: true }),
      },
      exclude: ['node_modules', 'build', 'cdk.out'],
    }),
    '.gitignore': 'node_modules\nbuild\ncdk.out\n',
  };
};

interface Manifest {
  scripts?: Readonly<Record<string, string>>;
  devDependencies?: Readonly<Record<string, string>>;
  [field: string]: unknown;
}

/** Runs the application on this machine, and runs it again when a source file changes. */
const LOCAL = { local: 'middy-fanout local --app "cdk synth"' };

/** Adds the fields that the manifest lacks, and keeps the ones that it has. */
export const completeManifest = (manifest: Manifest, project: Project): Manifest => {
  const { scripts, devDependencies: present, ...fields } = manifest;
  if (!project.isNew) return { ...manifest, scripts: { ...scripts, ...LOCAL, ...scripts } };
  const missing = Object.entries(newDependencies(project)).filter(([name]) => !project.dependencies.includes(name));
  const all = [...Object.entries(present ?? {}), ...missing].sort(([one], [other]) => (one < other ? -1 : 1));
  return {
    ...{ name: project.name, private: true, type: project.isEsm ? 'module' : 'commonjs', engines, ...fields },
    scripts: { ...newScripts(project), ...withoutPlaceholder(scripts) },
    devDependencies: Object.fromEntries(all),
  };
};

const newScripts = ({ isEsm }: Project) => ({
  test: `tsc && ${CHECKED_NODE} ${isEsm ? '' : '--import tsx '}--test "test/*.test.ts"`,
  ...LOCAL,
  synth: 'cdk synth',
  deploy: 'cdk deploy',
});

/** Leaves out the test script that `npm init` writes, which always fails. */
const withoutPlaceholder = (scripts: Manifest['scripts'] = {}) =>
  Object.fromEntries(Object.entries(scripts).filter(([, command]) => !command.includes('no test specified')));

/** The versions that middy-fanout itself is developed with. */
const newDependencies = ({ isEsm }: Project): Readonly<Record<string, string>> => ({
  ...Object.fromEntries(
    ['@types/node', 'aws-cdk', 'aws-cdk-lib', 'constructs', 'esbuild', 'typescript'].map((name) => [
      name,
      `^${devDependencies[name]}`,
    ]),
  ),
  'middy-fanout': `^${version}`,
  'middy-fanout-local': `^${version}`,
  ...(isEsm ? {} : TSX),
});

const toJson = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
