import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readApplication } from '../../../../../packages/local/template/read-application.ts';
import { aChat, aFunction, anAssembly } from '../an-assembly.ts';
import { problemsOf, read } from '../read-for-test.ts';

type Refused = [what: string, properties: Record<string, unknown>, problem: RegExp];

describe('readFunctions', () => {
  it('finds the code of an asset inside and outside of the assembly', () => {
    const staged = anAssembly(aChat());
    expect(readApplication({ cdkOut: staged, sqsUrl: '' }).application.functions[0]?.codePath).toBe(
      join(staged, 'code'),
    );
    const unstaged = anAssembly(aChat({ assets: { 'code.zip': join(staged, 'code') } }));
    expect(readApplication({ cdkOut: unstaged, sqsUrl: '' }).application.functions[0]?.codePath).toBe(
      join(staged, 'code'),
    );
  });

  it('writes inline code to a folder', () => {
    const { application } = read(
      aChat({ Resources: aFunction({ Code: { ZipFile: 'exports.handler = async () => ({})' } }) }),
    );
    expect(application.functions[0]?.codePath).toMatch(/local.Chat-Echo$/);
  });

  it('warns of a function that cannot write to its log group on AWS', () => {
    const noticesOf = (Role: Record<string, unknown>, functionProperties = {}) =>
      read(
        aChat({
          Resources: {
            Role: { Type: 'AWS::IAM::Role', Properties: Role },
            Logs: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: 'chat' } },
            ...aFunction(functionProperties),
          },
        }),
      ).notices;
    const mayLogTo = (Resource: unknown) => ({
      Policies: [
        {
          PolicyDocument: {
            Statement: { Effect: 'Allow', Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Resource },
          },
        },
      ],
    });
    const toChat = mayLogTo({ 'Fn::GetAtt': ['Logs', 'Arn'] });
    expect(noticesOf({})).toEqual([
      'Chat-Echo would lose its log on AWS: its role does not allow logs:CreateLogStream and logs:PutLogEvents on its log group',
    ]);
    expect(noticesOf(toChat)).toHaveLength(1);
    expect(noticesOf(toChat, { LoggingConfig: { LogGroup: { Ref: 'Logs' } } })).toEqual([]);
    expect(noticesOf(mayLogTo('arn:aws:logs:*:*:log-group:/aws/lambda/Chat-Echo:*'))).toEqual([]);
  });

  it.each([
    ['TZ', 'America/New_York', /^Chat-Echo has TZ=America\/New_York, but functions run in UTC here/],
    ['TZ', 'UTC', undefined],
    ['NODE_OPTIONS', '--use-openssl-ca --enable-source-maps', /NODE_OPTIONS=--use-openssl-ca, which/],
    ['NODE_OPTIONS', '--enable-source-maps', undefined],
  ])('says that the variable %s=%s has no effect here, if it has none', (name, value, notice) => {
    const { notices } = read(aChat({ Resources: aFunction({ Environment: { Variables: { [name]: value } } }) }));
    expect(notices.find((line) => line.includes(` has ${name}=`))).toEqual(notice && expect.stringMatching(notice));
  });

  it.each<Refused>([
    ['a handler whose file is missing', { Handler: 'main.handler' }, /its handler main\.handler is not in .*code/],
    ...['--require ./pre', '--import ./pre.js', '--require /var/task/lib/pre.js'].map(
      (NODE_OPTIONS): Refused => [
        `a module of NODE_OPTIONS that is missing, ${NODE_OPTIONS}`,
        { Environment: { Variables: { NODE_OPTIONS } } },
        /its NODE_OPTIONS load \.\/\S+, which is not in .*code/,
      ],
    ),
    [
      'a module of NODE_OPTIONS from a layer',
      { Environment: { Variables: { NODE_OPTIONS: '--require /opt/pre.js' } } },
      /its NODE_OPTIONS load \/opt\/pre\.js, which is outside of its code/,
    ],
    ['a missing asset', { Code: { S3Key: 'other.zip' } }, /its code is not an asset of the cloud assembly/],
    [
      'a role from elsewhere',
      { Role: 'arn:aws:iam::123456789012:role/elsewhere' },
      /its role arn:aws:iam::123456789012:role\/elsewhere is not in the application/,
    ],
    ...[0, 901, 1.5].map((Timeout): [string, Record<string, unknown>, RegExp] => [
      `a timeout of ${Timeout} s`,
      { Timeout },
      /AWS refuses its Timeout of (0|901|1\.5)$/,
    ]),
    ...[127, 10_241].map((MemorySize): [string, Record<string, unknown>, RegExp] => [
      `${MemorySize} MB of memory`,
      { MemorySize },
      /AWS refuses its MemorySize of (127|10241)$/,
    ]),
    [
      'variables that Lambda sets itself',
      { Environment: { Variables: { AWS_REGION: 'us-east-1', ROOM: 'a', _HANDLER: 'b' } } },
      /AWS refuses its Environment: Lambda itself sets AWS_REGION, _HANDLER$/,
    ],
    [
      'an environment of more than 4 KB',
      { Environment: { Variables: { TEXT: 'é'.repeat(2_043) } } },
      /AWS refuses its Environment of 4097 bytes$/,
    ],
    ['text in place of a number', { Timeout: 'soon' }, /its Timeout is "soon"/],
    ['an unknown intrinsic function', { Timeout: { 'Fn::Guess': 3 } }, /it uses Fn::Guess, which is not known here/],
    ['a reference to nothing', { Timeout: { Ref: 'Nothing' } }, /it refers to Nothing, which is not in the template/],
  ])('names %s', (_, properties, problem) => {
    expect(problemsOf(aChat({ Resources: aFunction(properties) }))).toEqual([expect.stringMatching(problem)]);
  });

  it('takes the longest timeout, the largest memory and an environment of 4 KB', () => {
    const Environment = { Variables: { TEXT: 'a'.repeat(4_085) } };
    expect(problemsOf(aChat({ Resources: aFunction({ Timeout: 900, MemorySize: 10_240, Environment }) }))).toEqual([]);
  });

  it.each([
    ['Allow', 'Allow'],
    ['Terminate', 'Terminate'],
    [undefined, 'Terminate'],
  ])('reads RecursiveLoop %j as %s', (RecursiveLoop, recursiveLoop) => {
    const { application } = read(aChat({ Resources: aFunction({ RecursiveLoop }) }));
    expect(application.functions).toMatchObject([{ recursiveLoop }]);
  });

  it('leaves out a function that cannot run if it has no trigger', () => {
    const Provider = { Type: 'AWS::Lambda::Function', Properties: { Runtime: 'python3.13', Code: { S3Key: 'none' } } };
    expect(read(aChat({ Resources: { Provider } })).application.functions.map(({ logicalId }) => logicalId)).toEqual([
      'Echo',
    ]);
  });
});
