import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { synthesize } from '../../../../packages/local/cli/synthesize.ts';
import { until } from '../../../support/until.ts';

const outFolder = () => join(mkdtempSync(join(tmpdir(), 'synthesize-')), 'out');
/** An application in one line: writes a manifest, and the context to a file. */
const APPLICATION =
  'mkdir -p "$CDK_OUTDIR" && echo "$CDK_CONTEXT_JSON" > "$CDK_OUTDIR/context.json" && echo {} > "$CDK_OUTDIR/manifest.json"';

const home = process.cwd();
/** Makes a new folder the working folder until the test ends. */
const inNewFolder = (): string => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'project-')));
  process.chdir(folder);
  return folder;
};
/** Stands for the CDK's CLI: writes to a folder of its own, whatever `CDK_OUTDIR` says. */
const writesTo = (folder: string, manifest = '{"artifacts":{}}') =>
  `mkdir -p ${folder} && echo '${manifest}' > ${folder}/manifest.json`;

describe('synthesize', () => {
  afterEach(() => process.chdir(home));

  it('returns the folder that the application wrote', async () => {
    const folder = outFolder();
    expect(await synthesize({ command: APPLICATION, outFolder: folder })).toBe(folder);
    expect(await synthesize({ command: `sleep 0.01; ${APPLICATION}`, outFolder: folder })).toBe(folder);
  });

  it('shows the output of an application that failed', async () => {
    const command = 'echo "stack.ts:3:1: no such thing" >&2; exit 3';
    await expect(synthesize({ command, outFolder: outFolder() })).rejects.toThrow(
      /ended with exit code 3 and wrote no cloud assembly:\nstack\.ts:3:1: no such thing$/,
    );
  });

  it('calls the Node that it runs with by its name', async () => {
    const command = `"${process.execPath}" no-such-file.js`;
    await expect(synthesize({ command, outFolder: outFolder() })).rejects.toThrow(
      /^"node no-such-file\.js" ended with/,
    );
  });

  it.each([
    ['const stack = ;', /^file:.*\/app\.ts:1\nconst stack = ;\n *\^\n+SyntaxError .*: Expression expected$/],
    ['throw new Error("Set ISSUER");', /^file:.*\/app\.ts:1\n.*\n *\^\n+Error: Set ISSUER\n +at .*\/app\.ts:1:7\)?$/],
  ])('shows the place of %s, and no lines of Node', async (text, said) => {
    const file = join(mkdtempSync(join(tmpdir(), 'application-')), 'app.ts');
    writeFileSync(file, text);
    const failure = await synthesize({ command: `node ${file}`, outFolder: outFolder() }).catch(
      ({ message }) => message,
    );
    expect(failure.replace(/^.*\n/, '')).toMatch(said);
  });

  it.each([
    [
      'new Queue(new Stack(new App(), "Chat"), "Q", { retentionPeriod: Duration.seconds(1) });',
      /^[^:]*app\.ts:5: Queue2 initialization failed .*\n- message retention period must be between 60 and /,
    ],
    ['new FanOutApi(new Stack(new App(), "Chat"), "Api", {} as never);', /^[^:]*app\.ts:5:1: Chat\/Api: handlers: /],
    ['new ChatStack(new App(), "Chat", {} as never);', /^infra\/chat-stack\.ts:\d+:\d+: Chat\/Chat: handlers: /],
  ])('shows the message and the place of %s, without the frames of libraries', async (text, said) => {
    mkdirSync('build', { recursive: true });
    const folder = mkdtempSync(join('build', 'application-'));
    const imports = [
      'import { App, Duration, Stack } from "aws-cdk-lib";',
      'import { Queue } from "aws-cdk-lib/aws-sqs";',
      'import { FanOutApi } from "../../infra/constructs/fan-out-api.ts";',
      'import { ChatStack } from "../../infra/chat-stack.ts"; void [Duration, Queue, FanOutApi, ChatStack];',
    ];
    writeFileSync(join(folder, 'app.ts'), [...imports, text].join('\n'));
    const failure = await synthesize({ command: `node ${join(folder, 'app.ts')}`, outFolder: outFolder() }).catch(
      ({ message }) => message,
    );
    rmSync(folder, { recursive: true });
    const printed = failure.replace(/^.*\n/, '');
    expect(printed).toMatch(said);
    expect(printed).not.toMatch(/^ +at |\.\.\.|node:|\n *\^/m);
  });

  it.each([
    [
      'true',
      'ended with exit code 0 and wrote no cloud assembly:\nUse the command that synthesizes the application, such as "npx cdk synth"',
    ],
    ['kill -9 $$', 'ended with SIGKILL and wrote no cloud assembly:\nIt printed nothing'],
  ])('says how %s ended, which prints nothing', async (command, said) => {
    await expect(synthesize({ command, outFolder: outFolder() })).rejects.toThrow(said);
  });

  it('does not return an assembly that was there before the command', async () => {
    const folder = outFolder();
    await synthesize({ command: APPLICATION, outFolder: folder });
    await expect(synthesize({ command: 'true', outFolder: folder })).rejects.toThrow(
      /exit code 0 and wrote no cloud assembly/,
    );
  });

  it.each([
    [`${writesTo('dist.out')} #-o dist.out`, 'dist.out'],
    [`${writesTo('build/cdk/out')} # cdk synth -q -o build/cdk/out`, 'build/cdk/out'],
    [`${writesTo('build/cdk/out')} # cdk synth --output=build/cdk/out -q`, 'build/cdk/out'],
    [`${writesTo('"my out/cdk"')} # cdk synth --output "my out/cdk"`, 'my out/cdk'],
    [`${writesTo('site', '{"name":"a website"}')} && ${writesTo('of-an-npm-script')}`, 'of-an-npm-script'],
  ])('finds the folder that the command %s writes to', async (command, folder) => {
    inNewFolder();
    expect(await synthesize({ command, outFolder: 'cdk.local' })).toBe(folder);
    expect(await synthesize({ command: `sleep 0.01; ${command}`, outFolder: 'cdk.local' })).toBe(folder);
  });

  it('runs a script that is not executable with Node, as the CDK does', async () => {
    inNewFolder();
    const make = `require('fs').mkdirSync(process.env.CDK_OUTDIR); require('fs').writeFileSync(process.env.CDK_OUTDIR + '/manifest.json', process.argv[2]);`;
    writeFileSync('app.cjs', make);
    chmodSync('app.cjs', 0o644);
    expect(await synthesize({ command: 'app.cjs {}', outFolder: 'out' })).toBe('out');
    expect(readFileSync('out/manifest.json', 'utf8')).toBe('{}');
  });

  it('gives the application the lookups that cdk.context.json keeps, under the context of cdk.json', async () => {
    inNewFolder();
    writeFileSync('cdk.context.json', JSON.stringify({ 'vpc-provider:1': { vpcId: 'vpc-1' }, color: 'red' }));
    writeFileSync('cdk.json', JSON.stringify({ context: { color: 'blue' } }));
    await synthesize({ command: APPLICATION, outFolder: 'out', context: { stage: 'dev' } });
    expect(JSON.parse(readFileSync('out/context.json', 'utf8'))).toEqual({
      ...{ 'vpc-provider:1': { vpcId: 'vpc-1' }, color: 'blue', stage: 'dev' },
    });
  });

  it("keeps npm's variables from the command, and no others", async () => {
    const folder = outFolder();
    const npm = { npm_config_package: 'x', npm_package_name: 'x', npm_lifecycle_event: 'npx', INIT_CWD: '/' };
    const others = { NODE_ENV: 'staging', NPM_CONFIG_LOGLEVEL: 'warn' };
    const before = { ...process.env };
    Object.assign(process.env, npm, others);
    try {
      await synthesize({ command: `${APPLICATION} && env > "$CDK_OUTDIR/environment"`, outFolder: folder });
    } finally {
      for (const name of Object.keys({ ...npm, ...others })) delete process.env[name];
      Object.assign(process.env, before);
    }
    const given = readFileSync(join(folder, 'environment'), 'utf8').split('\n');
    expect(given.filter((line) => /^npm_|^INIT_CWD/.test(line))).toEqual([]);
    expect(given).toEqual(expect.arrayContaining(['NODE_ENV=staging', 'NPM_CONFIG_LOGLEVEL=warn']));
  });

  it('tells the application that the local run synthesizes it', async () => {
    const folder = outFolder();
    await synthesize({
      command: `${APPLICATION} && echo $MIDDY_FANOUT_LOCAL > "$CDK_OUTDIR/local"`,
      outFolder: folder,
    });
    expect(readFileSync(join(folder, 'local'), 'utf8')).toBe('1\n');
  });

  it('works without PATH', async () => {
    const { PATH } = process.env;
    process.env.PATH = join(tmpdir(), 'nowhere');
    const script =
      "require('fs').mkdirSync(process.env.CDK_OUTDIR);require('fs').writeFileSync(process.env.CDK_OUTDIR + '/manifest.json', '{}')";
    const folder = outFolder();
    const made = synthesize({ command: `"${process.execPath}" -e "${script}"`, outFolder: folder });
    process.env.PATH = PATH;
    expect(await made).toBe(folder);
  });

  it('kills all processes of the command when it is aborted', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'synthesize-')), 'pid');
    const ending = new AbortController();
    const command = `sh -c 'echo $$ > "${file}"; exec sleep 1000'; true`;
    const synthesis = synthesize({ command, outFolder: outFolder(), signal: ending.signal });
    const refused = expect(synthesis).rejects.toThrow('wrote no cloud assembly');
    const pid = Number(await until(() => existsSync(file) && readFileSync(file, 'utf8').trim()));
    ending.abort();
    await refused;
    await until(() => !isAlive(pid));
  });
});

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};
