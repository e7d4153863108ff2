import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Template } from '../../../../packages/local/template/assembly/read-assembly.ts';
import { PATIENCE_MS } from '../../../support/until.ts';

export interface AnAssembly extends Template {
  stackName?: string;
  /** `aws://123456789012/eu-central-1` */
  environment?: string;
  /** Object key to path, relative to the assembly. */
  assets?: Readonly<Record<string, string>>;
  /** Path to text, relative to the assembly. */
  files?: Readonly<Record<string, string>>;
  constructPaths?: Readonly<Record<string, string>>;
}

/** Writes a cloud assembly as the CDK does, with one stack for each argument. Returns its folder. */
export const anAssembly = (...stacks: readonly AnAssembly[]): string => {
  const folder = mkdtempSync(join(tmpdir(), 'assembly-'));
  const write = (path: string, content: unknown) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), typeof content === 'string' ? content : JSON.stringify(content));
  };
  const artifacts = stacks.flatMap(
    ({ stackName = 'Chat', environment, assets = {}, files = {}, constructPaths = {}, ...template }) => {
      write(`${stackName}.template.json`, template);
      const assetFiles = Object.entries(assets).map(([objectKey, path]) => [
        objectKey,
        { source: { path, packaging: 'zip' }, destinations: { current: { objectKey } } },
      ]);
      write(`${stackName}.assets.json`, { files: Object.fromEntries(assetFiles) });
      for (const [path, content] of Object.entries(files)) write(path, content);
      const metadata = Object.entries(constructPaths).map(([logicalId, path]) => [
        `/${path}`,
        [{ type: 'aws:cdk:logicalId', data: logicalId }],
      ]);
      return [
        [`${stackName}.assets`, { type: 'cdk:asset-manifest', properties: { file: `${stackName}.assets.json` } }],
        [
          stackName,
          {
            type: 'aws:cloudformation:stack',
            environment: environment ?? 'aws://unknown-account/unknown-region',
            properties: { templateFile: `${stackName}.template.json` },
            metadata: Object.fromEntries(metadata),
          },
        ],
      ] as const;
    },
  );
  write('manifest.json', { version: '55.0.0', artifacts: Object.fromEntries(artifacts) });
  return folder;
};

const LOGGING = 'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole';

/** A chat with one function: the smallest application that runs. Adds or replaces resources by name. */
export const aChat = ({ Resources = {}, ...rest }: AnAssembly = {}): AnAssembly => ({
  assets: { 'code.zip': 'code' },
  files: { 'code/index.mjs': 'export const handler = async () => ({ statusCode: 200 });' },
  ...rest,
  Resources: {
    Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: 'chat', ProtocolType: 'WEBSOCKET' } },
    Stage: {
      Type: 'AWS::ApiGatewayV2::Stage',
      Properties: { ApiId: { Ref: 'Api' }, StageName: 'production', AutoDeploy: true },
    },
    Role: { Type: 'AWS::IAM::Role', Properties: { ManagedPolicyArns: [LOGGING] } },
    Echo: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        Code: { S3Bucket: 'assets', S3Key: 'code.zip' },
        Handler: 'index.handler',
        Runtime: 'nodejs24.x',
        Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
      },
    },
    Permission: {
      Type: 'AWS::Lambda::Permission',
      Properties: {
        Action: 'lambda:InvokeFunction',
        FunctionName: { Ref: 'Echo' },
        Principal: 'apigateway.amazonaws.com',
        SourceArn: { 'Fn::Sub': 'arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/*' },
      },
    },
    Integration: {
      Type: 'AWS::ApiGatewayV2::Integration',
      Properties: {
        ApiId: { Ref: 'Api' },
        IntegrationType: 'AWS_PROXY',
        IntegrationUri: {
          'Fn::Sub':
            'arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Echo.Arn}/invocations',
        },
      },
    },
    Route: {
      Type: 'AWS::ApiGatewayV2::Route',
      Properties: { ApiId: { Ref: 'Api' }, RouteKey: '$default', Target: { 'Fn::Sub': 'integrations/${Integration}' } },
    },
    ...Resources,
  },
});

/** The chat's function, with a long timeout and other properties. */
export const aFunction = (properties: Readonly<Record<string, unknown>> = {}) => ({
  Echo: {
    Type: 'AWS::Lambda::Function',
    Properties: {
      Code: { S3Bucket: 'assets', S3Key: 'code.zip' },
      Handler: 'index.handler',
      Runtime: 'nodejs24.x',
      Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
      Timeout: PATIENCE_MS / 1_000,
      ...properties,
    },
  },
});

/** Makes `$default` answer with the function's result. */
export const ANSWERING = {
  Route: {
    Type: 'AWS::ApiGatewayV2::Route',
    Properties: {
      ApiId: { Ref: 'Api' },
      RouteKey: '$default',
      Target: { 'Fn::Sub': 'integrations/${Integration}' },
      RouteResponseSelectionExpression: '$default',
    },
  },
  Response: {
    Type: 'AWS::ApiGatewayV2::RouteResponse',
    Properties: { ApiId: { Ref: 'Api' }, RouteId: { Ref: 'Route' }, RouteResponseKey: '$default' },
  },
};
