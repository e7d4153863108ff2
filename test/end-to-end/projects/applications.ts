import { readFileSync } from 'node:fs';

/** An application of somebody else, and how its author works with it. */
export interface Application {
  /** Makes its files, with a line of the README. */
  generate?: (line: string) => string;
  /** Its files, if nothing generates them. Objects are JSON. */
  files?: Readonly<Record<string, unknown>>;
  /** Adds packages, which are named after it, and installs all that package.json has. */
  add: string;
  /** Installs what package.json has. */
  install: string;
  /** Runs a program of a package. */
  exec: string;
  /** Runs the script `local` with an option. */
  local: string;
}

const NPM = { add: 'npm install --save-dev', install: 'npm install', exec: 'npx', local: 'npm run --silent local --' };
/** Every package finds what it names itself and no more. */
const PNPM = 'npx pnpm@10.34.8';

const { devDependencies: ours } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  devDependencies: Readonly<Record<string, string>>;
};
const versions = (...names: string[]) => Object.fromEntries(names.map((name) => [name, ours[name]]));

const home = process.cwd();

const manifest = (type: string, test: string, more: Readonly<Record<string, string>>) => ({
  ...{ name: 'visits', version: '1.0.0', private: true, type, scripts: { test } },
  devDependencies: { ...versions('@types/node', 'aws-cdk', 'aws-cdk-lib', 'constructs'), ...more },
});

const BIN = `#!/usr/bin/env node
import 'source-map-support/register';
import * as cdk from 'aws-cdk-lib';
import { VisitsStack } from '../lib/visits-stack';

const app = new cdk.App();
new VisitsStack(app, 'VisitsStack', {
  /* env: { account: '123456789012', region: 'us-east-1' } */
});
`;

const STACK = `import * as cdk from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

export class VisitsStack extends cdk.Stack {
  constructor(scope: Construct, id: string, props?: cdk.StackProps) {
    super(scope, id, props);
    const visits = new dynamodb.Table(this, 'Visits', {
      partitionKey: { name: 'path', type: dynamodb.AttributeType.STRING },
      billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
    });
    const counter = new lambda.Function(this, 'Counter', {
      runtime: lambda.Runtime.NODEJS_20_X,
      handler: 'counter.handler',
      code: lambda.Code.fromAsset('lambda'),
      environment: { VISITS_TABLE_NAME: visits.tableName },
    });
    visits.grantReadWriteData(counter);
    counter.addEventSource(new SqsEventSource(new sqs.Queue(this, 'Hits')));
  }
}
`;

/** An application with nothing in it, of ES modules that tsx runs. */
const EMPTY_BIN = `import { App } from 'aws-cdk-lib';

const app = new App();
`;

const compilerOptions = { target: 'es2022', strict: true, noEmit: true, types: ['node'] };

export const APPLICATIONS: Readonly<Record<string, Application>> = {
  'what cdk init writes': {
    ...NPM,
    generate: (line) => line.replace(/^npx cdk/, `node '${home}/node_modules/aws-cdk/bin/cdk'`),
  },
  'an empty folder': NPM,
  'ES modules that pnpm installs without hoisting': {
    ...{
      add: `${PNPM} add --save-dev`,
      install: `${PNPM} install`,
      exec: `${PNPM} exec`,
      local: `${PNPM} --silent run local`,
    },
    files: {
      'package.json': manifest('module', 'node --import tsx --test "test/*.test.ts"', {
        // The declarations of Powertools import these types, without a dependency on them.
        ...{ '@types/aws-lambda': '8.10.164', tsx: '4.23.0', typescript: '5.9.3' },
      }),
      '.npmrc': 'strict-peer-dependencies=true\nhoist=false\n',
      'pnpm-lock.yaml': '',
      'cdk.json': { app: 'tsx bin/app.ts' },
      'bin/app.ts': EMPTY_BIN,
      'tsconfig.json': { compilerOptions: { ...compilerOptions, module: 'node16' } },
    },
  },
  'CommonJS on aws-cdk-lib 2.130, with ts-node and ts-jest': {
    ...NPM,
    files: {
      'package.json': {
        ...{ name: 'visits', version: '0.1.0', bin: { visits: 'bin/visits.js' } },
        scripts: { build: 'tsc', test: 'jest', cdk: 'cdk' },
        devDependencies: {
          ...{ '@types/jest': '29.5.12', '@types/node': '20.11.19', 'aws-cdk': '2.130.0', jest: '29.7.0' },
          ...{ 'ts-jest': '29.1.2', 'ts-node': '10.9.2', typescript: '5.4.5' },
        },
        dependencies: { 'aws-cdk-lib': '2.130.0', constructs: '10.3.0', 'source-map-support': '0.5.21' },
      },
      'cdk.json': { app: 'npx ts-node --prefer-ts-exts bin/visits.ts' },
      'jest.config.js': `module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  transform: { '^.+\\\\.tsx?$': 'ts-jest' },
};
`,
      'tsconfig.json': {
        compilerOptions: {
          ...{ target: 'ES2020', module: 'commonjs', lib: ['es2020', 'dom'], declaration: true, strict: true },
          ...{ noImplicitReturns: true, inlineSourceMap: true, inlineSources: true, experimentalDecorators: true },
          ...{ strictPropertyInitialization: false, typeRoots: ['./node_modules/@types'] },
        },
        exclude: ['node_modules', 'cdk.out'],
      },
      'bin/visits.ts': BIN,
      'lib/visits-stack.ts': STACK,
      'lambda/counter.js': 'exports.handler = async (event) => console.log(event.Records.length);\n',
    },
  },
  'ES modules with vitest': {
    ...NPM,
    files: {
      'package.json': manifest('module', 'vitest run', {
        ...versions('typescript'),
        ...{ tsx: '4.23.0', vitest: '5.1.2' },
      }),
      'cdk.json': { app: 'tsx src/main.ts' },
      'src/main.ts': EMPTY_BIN,
      'tsconfig.json': { compilerOptions: { ...compilerOptions, module: 'esnext', moduleResolution: 'bundler' } },
    },
  },
};
