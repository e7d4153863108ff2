import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parseCommand } from '../../../../packages/command-line/command.ts';
import { LOCAL_OPTIONS } from '../../../../packages/local/cli/run-application.ts';

describe('LOCAL_OPTIONS', () => {
  const parse = (args: readonly string[]) => parseCommand({ usage: '', about: '', options: LOCAL_OPTIONS }, args)[0];

  it('have defaults', () => {
    expect(parse([])).toEqual({
      port: 3001,
      host: '127.0.0.1',
      json: false,
      verbose: false,
      endWithInput: false,
      iamReport: false,
      fault: [],
      seed: 1,
      parameter: [],
      value: [],
      issueTokens: false,
      ignore: [],
    });
  });

  it('can all be given at the same time', () => {
    const args =
      '--port 0 --host 0.0.0.0 --stage dev --cdk-out out --json --verbose --iam-report --log-file run.log --fault post:410=1% --fault sqs:duplicate=1% --end-with-input --seed 7 --parameter A=b=c --value Pool.Arn=b=c --issue-tokens --ignore Uploads --ignore AWS::S3::Bucket';
    expect(parse(args.split(' '))).toEqual({
      port: 0,
      host: '0.0.0.0',
      stage: 'dev',
      cdkOut: 'out',
      json: true,
      verbose: true,
      endWithInput: true,
      iamReport: true,
      logFile: 'run.log',
      fault: ['post:410=1%', 'sqs:duplicate=1%'],
      seed: 7,
      parameter: [['A', 'b=c']],
      value: [[['Pool.Arn', 'b=c']]],
      issueTokens: true,
      ignore: ['Uploads', 'AWS::S3::Bucket'],
    });
  });

  it.each([
    ['::1', '::1'],
    ['[::1]', '::1'],
    ['0.0.0.0', '0.0.0.0'],
    ['my-host.local', 'my-host.local'],
  ])('take the host %s', (given, read) => {
    expect(parse(['--host', given]).host).toBe(read);
  });

  it('take values by the names that a start uses, and from a file', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'values-')), 'values.json');
    writeFileSync(file, JSON.stringify({ Pool: 'p', '{{resolve:ssm:/a}}': 'b' }));
    const { value } = parse(['--value', '{{resolve:ssm:/a=1}}=b=c', '--value', `@${file}`, '--value', 'Empty=']);
    expect(value.flat()).toEqual([
      ...[
        ['{{resolve:ssm:/a=1}}', 'b=c'],
        ['Pool', 'p'],
        ['{{resolve:ssm:/a}}', 'b'],
        ['Empty', ''],
      ],
    ]);
    writeFileSync(file, JSON.stringify({ Pool: { secret: 's3cret' } }));
    expect(() => parse(['--value', `@${file}`])).toThrow(
      `--value: expected a file with a JSON object of names and strings at ${file}.`,
    );
  });

  it.each([
    [['--port', '99999'], '--port: expected a whole number from 0 to 65535, got "99999".'],
    [
      ['--host', ' 127.0.0.1'],
      '--host: expected an address such as 127.0.0.1 or ::1, or a host name, got " 127.0.0.1".',
    ],
    [['--host', '127.0.0.1:3001'], '--host: expected an address'],
    [['--host', ''], '--host: expected an address'],
    [['--seed', '1.5'], '--seed: expected a whole number from 0 to 4294967295, got "1.5".'],
    [['--parameter', 'Origin'], '--parameter: expected NAME=VALUE, got "Origin".'],
    [['--value', 's3cret'], '--value: expected NAME=VALUE or @FILE, got 6 characters.'],
    [['--fault', 'post:nonsense'], /^--fault post:nonsense is invalid\. Use post:410=1%, /],
    [['here'], /Unexpected argument 'here'/],
  ])('refuse %j in one sentence', (args, sentence) => {
    expect(() => parse(args)).toThrow(sentence);
  });
});
