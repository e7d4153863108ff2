import { globSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { initialize } from '../../../commands/starter/initialize.ts';
import { aCdkApp, aProject, readIn } from './a-project.ts';

const ROUTE = ['handlers/send-message.ts', 'handlers/send-message.validator.ts', 'test/send-message.test.ts'];
const CHECKED_NODE = 'node --require middy-fanout/check-node';
const filesIn = (folder: string): string[] =>
  globSync('**/*', { cwd: folder, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();

describe('initialize', () => {
  it('adds stack, route, test, script and ignored output to a CDK application', () => {
    const folder = aCdkApp();
    expect(initialize(folder)).toBe(`Written:
  lib/chat-stack.ts
  handlers/send-message.validator.ts
  handlers/send-message.ts
  test/send-message.test.ts
Changed:
  bin/my-app.ts
  package.json
  .gitignore
Next:
  npm install -D esbuild middy-fanout middy-fanout-local
  npm test
  npm run local
  npx wscat -c ws://127.0.0.1:3001/production   (in two other terminals)
  > {"action":"send-message","message":"hello"}   (in one of them: the other receives hello)
`);
    expect(readIn(folder, 'bin/my-app.ts')).toContain(`import { ChatStack } from '../lib/chat-stack';

const app = new cdk.App();
new ChatStack(app, 'ChatStack');
`);
    expect(readIn(folder, 'lib/chat-stack.ts')).toContain("bundleSync('handlers/*.ts')");
    expect(JSON.parse(readIn(folder, 'package.json'))).toEqual({
      name: 'my-app',
      scripts: { test: 'jest', local: 'middy-fanout local --app "cdk synth"' },
      devDependencies: { jest: '^30', '@types/jest': '^30' },
      dependencies: { 'aws-cdk-lib': '^2.275.0', constructs: '^10.5.0' },
    });
    expect(readIn(folder, '.gitignore')).toBe('node_modules\ncdk.out\nbuild\n');
    expect(readIn(folder, 'test/send-message.test.ts')).not.toContain('@jest/globals');
  });

  it('overwrites nothing, and changes nothing a second time', () => {
    const folder = aCdkApp({ 'handlers/send-message.ts': 'mine', 'lib/chat-stack.ts': 'mine too' });
    expect(initialize(folder)).toContain(
      'Left as they are, because they were there:\n  lib/chat-stack.ts\n  handlers/send-message.ts\n',
    );
    expect([readIn(folder, 'handlers/send-message.ts'), readIn(folder, 'lib/chat-stack.ts')]).toEqual([
      'mine',
      'mine too',
    ]);
    const contents = () => filesIn(folder).map((path) => [path, readIn(folder, path)]);
    const before = contents();
    expect(initialize(folder)).not.toMatch(/Written:|Changed:/);
    expect(contents()).toEqual(before);
  });

  it('prints the lines to add if their place is not clear', () => {
    const folder = aCdkApp({ 'bin/my-app.ts': "import { App } from 'aws-cdk-lib';\nmake(new App());\n" });
    expect(initialize(folder)).toContain(`bin/my-app.ts is not changed. Add to it:
  import { ChatStack } from '../lib/chat-stack';
  new ChatStack(app, 'ChatStack');
`);
  });

  it.each([
    [
      'the module system and the runner of ES modules',
      { type: 'module', devDependencies: { vitest: '3' } },
      {},
      '.js',
      /from 'vitest'/,
    ],
    [
      'extensions that the compiler takes',
      { type: 'module' },
      { 'cdk.json': { app: 'node bin/my-app.ts' } },
      '.ts',
      /from 'node:test'/,
    ],
    [
      'jest without its globals',
      { devDependencies: { jest: '1', '@jest/globals': '1' } },
      {},
      '',
      /from '@jest\/globals'/,
    ],
  ])('fits %s', (_what, fields, files, extension, runner) => {
    const manifest = { dependencies: { 'aws-cdk-lib': '2' }, ...fields };
    const folder = aCdkApp({ 'package.json': manifest, ...files });
    initialize(folder);
    expect(readIn(folder, 'handlers/send-message.ts')).toContain(`from './send-message.validator${extension}'`);
    expect(readIn(folder, 'bin/my-app.ts')).toContain(`from '../lib/chat-stack${extension}'`);
    const test = readIn(folder, 'test/send-message.test.ts');
    expect(test).toContain(`from '../handlers/send-message${extension}'`);
    expect(test).toMatch(runner);
  });

  it('puts the stack beside an entry that is not in bin, and the test beside the other tests', () => {
    const folder = aCdkApp({
      'cdk.json': { app: 'npx ts-node --prefer-ts-exts src/main.ts' },
      'src/main.ts': "import { App } from 'aws-cdk-lib';\nconst app = new App();\n",
      '__tests__/a.test.ts': '',
    });
    initialize(folder);
    expect(filesIn(folder)).toEqual(expect.arrayContaining(['src/chat-stack.ts', '__tests__/send-message.test.ts']));
    expect(readIn(folder, 'src/main.ts')).toContain("import { ChatStack } from './chat-stack';");
  });

  it('makes an application of an empty folder, with a package.json or without', () => {
    const files = [...ROUTE, 'bin/app.ts', 'cdk.json', 'lib/chat-stack.ts', 'package.json', 'tsconfig.json'].sort();
    const [empty, commonjs, named] = [
      aProject({}),
      aProject({
        'package.json': {
          name: 'mine',
          type: 'commonjs',
          scripts: { test: 'echo "Error: no test specified" && exit 1', go: 'x' },
        },
      }),
      aProject({ 'package.json': { dependencies: { 'middy-fanout': 'file:x.tgz' } }, 'README.md': '' }),
    ];
    expect(initialize(empty)).toMatch(/Next:\n {2}npm install\n {2}npm test\n/);
    initialize(commonjs);
    initialize(named);
    expect(filesIn(empty)).toEqual(files);
    const manifests = [empty, commonjs, named].map((folder) => JSON.parse(readIn(folder, 'package.json')));
    expect(manifests).toMatchObject([
      {
        type: 'module',
        private: true,
        engines: { node: expect.any(String) },
        scripts: { test: `tsc && ${CHECKED_NODE} --test "test/*.test.ts"`, deploy: 'cdk deploy' },
      },
      {
        name: 'mine',
        type: 'commonjs',
        scripts: { test: `tsc && ${CHECKED_NODE} --import tsx --test "test/*.test.ts"`, go: 'x' },
      },
      { type: 'module', dependencies: { 'middy-fanout': 'file:x.tgz' } },
    ]);
    const [first, second, third] = manifests.map(({ devDependencies }) => Object.keys(devDependencies).join());
    expect(first).toBe('@types/node,aws-cdk,aws-cdk-lib,constructs,esbuild,middy-fanout,middy-fanout-local,typescript');
    expect(second).toBe(first?.replace('typescript', 'tsx,typescript'));
    expect(third).toBe(first?.replace('middy-fanout,', ''));
    const context = expect.objectContaining({ '@aws-cdk/aws-iam:minimizePolicies': true });
    expect(JSON.parse(readIn(empty, 'cdk.json'))).toEqual({ app: `${CHECKED_NODE} bin/app.ts`, context });
    expect(JSON.parse(readIn(commonjs, 'cdk.json'))).toEqual({ app: 'npx tsx bin/app.ts', context });
    expect(readIn(empty, 'bin/app.ts')).toContain("from '../lib/chat-stack.ts'");
    expect(readIn(commonjs, 'bin/app.ts')).toContain("from '../lib/chat-stack'");
  });

  const CDK = { dependencies: { 'aws-cdk-lib': '2' } };
  it.each([
    [
      'other files',
      { 'index.html': '' },
      'This folder has no cdk.json, but other files (index.html): go to the folder of your CDK application, or to an empty one',
    ],
    [
      'no package.json',
      { 'cdk.json': {} },
      'This folder has a cdk.json and no package.json: run "npm init -y", then "npm install aws-cdk-lib constructs"',
    ],
    ['a package.json that is not JSON', { 'package.json': '{', 'cdk.json': {} }, /^package\.json cannot be read: /],
    [
      'no CDK',
      { 'package.json': {}, 'cdk.json': {} },
      'package.json does not have aws-cdk-lib, which middy-fanout needs: npm install aws-cdk-lib constructs',
    ],
    [
      'CDK 1',
      { 'package.json': { dependencies: { '@aws-cdk/core': '1' } }, 'cdk.json': {} },
      'package.json has @aws-cdk/core, which is CDK 1, and middy-fanout needs CDK 2: see the guide "Migrating to AWS CDK v2"',
    ],
    [
      'an old CDK',
      { 'package.json': CDK, 'cdk.json': {}, 'node_modules/aws-cdk-lib/package.json': { version: '2.111.0' } },
      'aws-cdk-lib 2.111.0 is installed, and middy-fanout needs 2.112.0 or newer: npm install aws-cdk-lib@2 constructs@10',
    ],
    [
      'an old TypeScript',
      { 'package.json': CDK, 'cdk.json': {}, 'node_modules/typescript/package.json': { version: '5.3.3' } },
      'typescript 5.3.3 is installed, and middy-fanout needs 5.4.0 or newer: npm install --save-dev typescript@5',
    ],
    [
      'an application in Python',
      { 'package.json': CDK, 'cdk.json': { app: 'python3 app.py' } },
      'cdk.json runs "python3 app.py", and middy-fanout works with CDK applications in TypeScript: make one in an empty folder',
    ],
    [
      'modules of another time',
      {
        'package.json': CDK,
        'cdk.json': {},
        'tsconfig.json': {},
        'node_modules/typescript/package.json': { version: '5.4.5' },
        'node_modules/typescript/lib/tsc.js': 'console.log(`{"compilerOptions":{"module":"amd"}}`)',
      },
      'tsconfig.json has "module": "amd", and middy-fanout needs CommonJS or ES modules: write "module": "nodenext"',
    ],
  ] as [string, Record<string, unknown>, string | RegExp][])(
    'refuses %s in one sentence, and writes nothing',
    (_what, files, sentence) => {
      const folder = aProject(files);
      const before = filesIn(folder);
      expect(() => initialize(folder)).toThrow(
        expect.objectContaining({
          name: 'UsageError',
          message: typeof sentence === 'string' ? sentence : expect.stringMatching(sentence),
        }),
      );
      expect(filesIn(folder)).toEqual(before);
    },
  );

  it('finds what is installed in a folder above, as in a workspace', () => {
    const root = aProject({
      'node_modules/aws-cdk-lib/package.json': { version: '2.100.0' },
      'packages/one/package.json': CDK,
      'packages/one/cdk.json': {},
    });
    expect(() => initialize(join(root, 'packages/one'))).toThrow('aws-cdk-lib 2.100.0 is installed');
    writeFileSync(join(root, 'node_modules/aws-cdk-lib/package.json'), '{"version":"3.0.0"}');
    expect(initialize(join(root, 'packages/one'))).toContain('Written:');
  });

  it.each([
    ['pnpm-lock.yaml', 'pnpm add -D esbuild'],
    ['yarn.lock', 'yarn add -D esbuild'],
  ])('says what to run with the package manager of %s', (file, command) => {
    expect(initialize(aCdkApp({ [file]: '' }))).toContain(`Next:\n  ${command}`);
  });
});
