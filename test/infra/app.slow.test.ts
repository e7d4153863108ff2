import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { aFolder } from './a-folder.ts';

/** Synthesis with CDK's own rules for templates takes 8 s on a quiet machine. */
const SYNTH_MS = 120_000;
/** No server listens there, so every request to a network fails. */
const NO_SERVER = 'http://127.0.0.1:9';

const synth = async (...options: string[]) => {
  const output = aFolder();
  const { stderr } = await promisify(execFile)('npm', ['run', 'synth', '--', '--output', output, ...options], {
    env: {
      PATH: process.env.PATH,
      HOME: aFolder(), // no AWS configuration
      HTTP_PROXY: NO_SERVER,
      HTTPS_PROXY: NO_SERVER,
      AWS_EC2_METADATA_DISABLED: 'true',
    },
  });
  return { output, stderr };
};

describe('npm run synth', () => {
  it(
    'needs neither an account nor a network, and passes CDK’s own rules and cdk-nag',
    async () => {
      const { output, stderr } = await synth();
      const template = JSON.parse(await readFile(join(output, 'MiddyFanout-production.template.json'), 'utf8'));
      const handlers = Object.values(
        template.Resources as Record<string, { Type: string; Properties: { Handler: string } }>,
      )
        .filter(({ Type }) => Type === 'AWS::Lambda::Function')
        .map(({ Properties }) => Properties.Handler);
      const names = ['connect', 'default', 'disconnect', 'fan-out', 'send-message'];
      expect(handlers.sort()).toEqual(names.map((name) => `${name}.handler`));
      const { pluginReports } = JSON.parse(await readFile(join(output, 'validation-report.json'), 'utf8'));
      expect(pluginReports.flatMap(({ violations }: { violations: unknown[] }) => violations)).toEqual([]);
      expect(stderr).not.toMatch(/warning|feature flags/i);
    },
    SYNTH_MS,
  );

  it(
    'makes another stack for another stage, so that both can be deployed',
    async () => {
      const { output } = await synth('-c', 'stage=my_dev');
      const template = await readFile(join(output, 'MiddyFanout-my-dev.template.json'), 'utf8');
      expect(JSON.stringify(JSON.parse(template).Outputs.WebSocketUrl)).toContain('/my_dev"');
      expect(template).not.toContain('production');
    },
    SYNTH_MS,
  );

  it(
    'refuses an option with an invalid value in one sentence',
    async () => {
      const sentence = '-c accessLogs: expected true or false, got "yes"\n';
      await expect(synth('-c', 'accessLogs=yes')).rejects.toMatchObject({
        stderr: `${sentence}node infra/app.ts: Subprocess exited with error 2\n`,
      });
    },
    SYNTH_MS,
  );

  it(
    'shows an error without frames of Node',
    async () => {
      const env = { ...process.env, CDK_OUTDIR: '/dev/null/cdk.out' };
      await expect(promisify(execFile)(process.execPath, ['infra/app.ts'], { env })).rejects.toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/^Error: ENOTDIR.*\n(?![\s\S]*\bnode:)/),
      });
    },
    SYNTH_MS,
  );
});
