import { describe, expect, it } from '@jest/globals';
import { parseLocalOptions } from '../../../../packages/local/cli/local-options.ts';

describe('parseLocalOptions', () => {
  it('has a default for everything', () => {
    expect(parseLocalOptions([])?.options).toEqual({
      port: 3001,
      host: '127.0.0.1',
      json: false,
      verbose: false,
      iamReport: false,
      faults: [],
      seed: 1,
      parameters: {},
      ignore: [],
    });
  });

  it('reads every option', () => {
    const args =
      '--port 0 --host 0.0.0.0 --stage dev --cdk-out out --json --verbose --iam-report --log-file run.log --fault post:410=1% --fault sqs:duplicate=1% --seed 7 --parameter A=b=c --ignore Uploads --ignore AWS::S3::Bucket';
    expect(parseLocalOptions(args.split(' '))?.options).toEqual({
      port: 0,
      host: '0.0.0.0',
      stage: 'dev',
      cdkOut: 'out',
      json: true,
      verbose: true,
      iamReport: true,
      logFile: 'run.log',
      faults: ['post:410=1%', 'sqs:duplicate=1%'],
      seed: 7,
      parameters: { A: 'b=c' },
      ignore: ['Uploads', 'AWS::S3::Bucket'],
    });
  });

  it('reads options that one command has beside them', () => {
    expect(parseLocalOptions(['--app', 'npx cdk synth'], { app: 'string' })?.values.app).toBe('npx cdk synth');
  });

  it.each([
    [['--port', '99999'], '--port is "99999": give a whole number from 0 to 65535'],
    [['--port', 'http'], '--port is "http": give a whole number from 0 to 65535'],
    [['--seed', '-1'], /--seed/],
    [['--parameter', 'Origin'], '--parameter is "Origin": give NAME=VALUE'],
    [['--prot', '1'], "Unknown option '--prot'. --help lists the options"],
    [['here'], /Unexpected argument 'here'/],
    [['--app', 'x'], /Unknown option '--app'/],
  ])('refuses %j in one sentence', (args, sentence) => {
    expect(() => parseLocalOptions(args)).toThrow(sentence);
  });

  it('gives nothing where help is asked for', () => {
    expect(parseLocalOptions(['--help'])).toBeUndefined();
  });
});
