import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { CognitoJwtVerifier } from 'aws-jwt-verify';
import { readApplication } from '../../../../../packages/local/template/read-application.ts';
import { aChat, aFunction, anAssembly } from '../an-assembly.ts';
import { environmentOf, problemsOf, read } from '../read-for-test.ts';

const withVariables = (Variables: object, rest = {}) =>
  aChat({ Resources: { ...aFunction({ Environment: { Variables } }), ...rest } });
const remediesOf = (...parameters: Parameters<typeof read>): string => {
  try {
    read(...parameters);
  } catch (error) {
    return (error as Error).message;
  }
  return '';
};

describe('the values that the developer gives', () => {
  const SECRET = '{{resolve:secretsmanager:app:SecretString:key::}}';

  it('replace dynamic references, alone and in a text', () => {
    const Variables = { SECRET, URL: 'https://{{resolve:ssm:/my/host}}:{{resolve:ssm-secure:/my/port:2}}/' };
    const values = { [SECRET]: 's3cret', '{{resolve:ssm:/my/host}}': 'db', '{{resolve:ssm-secure:/my/port:2}}': '80' };
    expect(environmentOf(Variables, {}, { values })).toMatchObject({ SECRET: 's3cret', URL: 'https://db:80/' });
  });

  it('are part of the name of a resource, and so of what refers to it', () => {
    const Items = {
      Type: 'AWS::DynamoDB::Table',
      Properties: {
        TableName: '{{resolve:ssm:/my/table}}',
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        BillingMode: 'PAY_PER_REQUEST',
      },
    };
    const { application } = read(withVariables({ TABLE: { Ref: 'Items' } }, { Items }), {
      values: { '{{resolve:ssm:/my/table}}': 'real-items' },
    });
    expect(application.tables).toMatchObject([{ tableName: 'real-items' }]);
    expect(application.functions[0]?.environment).toMatchObject({ TABLE: 'real-items' });
  });

  it('are asked for, all together, for dynamic references that have none', () => {
    const message = remediesOf(withVariables({ SECRET, HOST: '{{resolve:ssm:/my/host}}' }));
    expect(message).toContain(
      `its Environment has ${SECRET}, which has no value here. Give its value with --value '${SECRET}=VALUE'.`,
    );
    expect(message).toContain("Give its value with --value '{{resolve:ssm:/my/host}}=VALUE'.");
  });

  it('do not reach the outputs, which show dynamic references as CloudFormation keeps them', () => {
    const Outputs = { Secret: { Value: SECRET } };
    const { application } = read({ ...withVariables({ SECRET }), Outputs }, { values: { [SECRET]: 's3cret' } });
    expect(application.outputs).toEqual({ Chat: { Secret: SECRET } });
  });

  it('stand for a resource that does not run here, and for its attributes', () => {
    const Cache = { Type: 'AWS::ElastiCache::CacheCluster' };
    const Variables = {
      CACHE: { Ref: 'Cache' },
      ARN: { 'Fn::Sub': '${Cache.Arn}' },
      HOST: { 'Fn::GetAtt': ['Cache', 'RedisEndpoint.Address'] },
    };
    const application = withVariables(Variables, { Cache });
    expect(remediesOf(application)).toContain(
      'Give its real name with --value Cache=VALUE --value Cache.RedisEndpoint.Address=VALUE, or run without it: --ignore Cache, or --ignore AWS::ElastiCache::CacheCluster.',
    );
    expect(problemsOf(application, { values: { Cache: 'c-1' } })).toEqual([
      'Echo: it uses Cache.RedisEndpoint.Address, which is not known here',
    ]);
    expect(
      environmentOf(
        Variables,
        { Resources: { Cache } },
        {
          values: { Cache: 'c-1', 'Chat/Cache.RedisEndpoint.Address': 'localhost' },
        },
      ),
    ).toMatchObject({
      CACHE: 'c-1',
      ARN: 'arn:aws:elasticache:us-east-1:123456789012:c-1',
      HOST: 'localhost',
    });
  });

  it('stand for parameters, also lists of Systems Manager', () => {
    const Parameters = {
      Hosts: { Type: 'AWS::SSM::Parameter::Value<List<String>>', Default: '/my/hosts' },
      Size: { Type: 'Number' },
    };
    const Variables = { FIRST: { 'Fn::Select': [0, { Ref: 'Hosts' }] }, SIZE: { Ref: 'Size' } };
    expect(remediesOf({ ...withVariables(Variables), Parameters })).toMatch(
      /it needs the parameter Hosts, whose value is \/my\/hosts in an AWS account \(Systems Manager Parameter Store\)\. Pass it with --parameter Hosts=VALUE/,
    );
    const values = { Hosts: 'one, two', Size: '3' };
    expect(environmentOf(Variables, { Parameters }, { values })).toMatchObject({ FIRST: 'one', SIZE: '3' });
  });

  it('stand for exports and outputs of stacks that are not in the application', () => {
    const Variables = {
      VPC: { 'Fn::ImportValue': 'shared-vpc' },
      BUS: { 'Fn::GetStackOutput': { StackName: 'Shared', OutputName: 'Bus' } },
    };
    expect(remediesOf(withVariables({ VPC: Variables.VPC }))).toContain('--value shared-vpc=VALUE');
    expect(remediesOf(withVariables({ BUS: Variables.BUS }))).toContain('--value Shared.Bus=VALUE');
    const values = { 'shared-vpc': 'vpc-1', 'Shared.Bus': 'bus' };
    expect(environmentOf(Variables, {}, { values })).toMatchObject({ VPC: 'vpc-1', BUS: 'bus' });
  });

  it('stand for lookups, whose dummies are named', () => {
    const cdkOut = anAssembly(withVariables({ HOST: 'https://dummy-value-for-/my/host.example' }));
    const manifest = JSON.parse(readFileSync(join(cdkOut, 'manifest.json'), 'utf8'));
    const missing = [
      { key: 'ssm:parameterName=/my/host', provider: 'ssm', props: { parameterName: '/my/host' } },
      { key: 'vpc-provider:account=1', provider: 'vpc-provider', props: {} },
    ];
    writeFileSync(join(cdkOut, 'manifest.json'), JSON.stringify({ ...manifest, missing }));
    const readIt = (values = {}) => readApplication({ cdkOut, sqsUrl: '', values });
    expect(() => readIt()).toThrow("--value 'dummy-value-for-/my/host=VALUE'");
    const { application, notices } = readIt({ 'dummy-value-for-/my/host': 'db' });
    expect(application.functions[0]?.environment.HOST).toBe('https://db.example');
    expect(notices).toEqual([
      expect.stringMatching(
        /^dummy values stand for ssm:parameterName=\/my\/host, vpc-provider:account=1\. Run "npx cdk synth" once/,
      ),
    ]);
  });

  it('give a function the id of the user pool, of which an ignored one has only the form', () => {
    const pool = { Users: { Type: 'AWS::Cognito::UserPool' }, Web: { Type: 'AWS::Cognito::UserPoolClient' } };
    const Variables = { USER_POOL_ID: { Ref: 'Users' }, CLIENT_ID: { Ref: 'Web' } };
    const application = withVariables(Variables, pool);
    const ignored = read(application, { ignore: ['AWS::Cognito::UserPool', 'Web'] });
    const { USER_POOL_ID = '', CLIENT_ID = '' } = ignored.application.functions[0]?.environment ?? {};
    CognitoJwtVerifier.create({ userPoolId: USER_POOL_ID, clientId: CLIENT_ID, tokenUse: 'access' });
    expect(ignored.notices).toEqual([
      'functions get a made-up name for Users, which is ignored. --value Users=VALUE gives the real one',
      'functions get a made-up name for Web, which is ignored. --value Web=VALUE gives the real one',
    ]);
    const given = read(application, { values: { Users: 'eu-west-1_AbCdEfGhI', Web: 'client' } });
    expect(given.application.functions[0]?.environment).toMatchObject({
      ...{ USER_POOL_ID: 'eu-west-1_AbCdEfGhI', CLIENT_ID: 'client' },
    });
    expect(given.notices).toEqual([]);
  });

  it('are named if no part of the run uses them', () => {
    expect(read(aChat(), { values: { Userz: 'secret' } }).notices).toEqual([
      'no part of this run uses the value of Userz: check the name of --value',
    ]);
  });
});
