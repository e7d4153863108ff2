import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { runCommand, runProgram } from '../../../support/run-command.ts';
import { PATIENCE_MS, until } from '../../../support/until.ts';
import { openTerminal } from '../../../transcripts/player/open-terminal.ts';
import { ANSWERING, aChat, aFunction, anAssembly } from '../template/an-assembly.ts';

const CODE =
  'export const handler = async () => { console.log("I was asked"); return { statusCode: 200, body: "hi" }; };';
const anApplication = () =>
  anAssembly(aChat({ files: { 'code/index.mjs': CODE }, Resources: { ...ANSWERING, ...aFunction() } }));

describe('middy-fanout local', () => {
  it('prints its events as JSON, one object a line, and exits with 0 at CTRL+C', async () => {
    const logFile = join(mkdtempSync(join(tmpdir(), 'log-')), 'run.log');
    const args = ['--cdk-out', anApplication(), '--port', '0', '--json', '--iam-report', '--log-file', logFile];
    const command = runCommand('packages/local/cli/main.ts', args);
    const lines = () =>
      command
        .output()
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line));
    await command.says('"ready"');
    const client = await openTerminal({ url: lines()[0].apis[0].webSocketUrl, timeoutMs: PATIENCE_MS });
    client.type('hello');
    expect(await client.next(PATIENCE_MS)).toBe('hi');
    await command.says('"invocation"');
    command.interrupt();
    const { code, stderr } = await command.ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(await client.next(PATIENCE_MS)).toBe('Disconnected (code: 1001)');
    expect(lines()).toEqual([
      expect.objectContaining({ type: 'ready', functions: ['Chat-Echo'] }),
      expect.objectContaining({ type: 'connected', stage: 'production' }),
      { type: 'log', functionName: 'Chat-Echo', line: 'I was asked' },
      expect.objectContaining({
        type: 'invocation',
        functionName: 'Chat-Echo',
        routeKey: '$default',
        connection: lines()[1].connection,
        ok: true,
        coldStart: true,
      }),
      { type: 'iam-report', unused: [], notObserved: ['Role/service-role/AWSLambdaBasicExecutionRole'] },
    ]);
    expect(readFileSync(logFile, 'utf8')).toBe('I was asked\n');
  });

  it('runs functions in the time zone of Lambda, not in its own', async () => {
    const code = `export const handler = async () => ({ statusCode: 200, body: String(new Date(0).getHours()) });`;
    const cdkOut = anAssembly(
      aChat({ files: { 'code/index.mjs': code }, Resources: { ...ANSWERING, ...aFunction() } }),
    );
    const command = runCommand('packages/local/cli/main.ts', ['--cdk-out', cdkOut, '--port', '0'], undefined, {
      env: { TZ: 'Asia/Tokyo' },
    });
    await command.says('CTRL+C ends it.');
    const url = /ws:\S+/.exec(command.output())?.[0] ?? '';
    const client = await openTerminal({ url, timeoutMs: PATIENCE_MS });
    client.type('hello');
    expect(await client.next(PATIENCE_MS)).toBe('0');
    command.interrupt();
    await command.ended;
  });

  it('runs on if its log file cannot be written, and shows the lines of functions', async () => {
    const args = ['--cdk-out', anApplication(), '--port', '0', '--log-file', mkdtempSync(join(tmpdir(), 'log-'))];
    const command = runCommand('packages/local/cli/main.ts', args);
    await command.says('CTRL+C ends it.');
    const url = /ws:\S+/.exec(command.output())?.[0] ?? '';
    const client = await openTerminal({ url, timeoutMs: PATIENCE_MS });
    client.type('hello');
    await command.says('cannot be written (EISDIR');
    client.type('hello again');
    await command.says('| I was asked');
    command.interrupt();
    expect(await command.ended).toMatchObject({ code: 0, stderr: '' });
  });

  it.each([
    [[], false],
    [['--verbose'], true],
  ])('with %j shows what functions log as information: %j', async (options, isShown) => {
    const log = (level: string) => `console.log(JSON.stringify({ level: "${level}", message: "a ${level} line" }));`;
    const code = `export const handler = async () => { ${log('INFO')} ${log('WARN')} return { statusCode: 200 }; };`;
    const cdkOut = anAssembly(aChat({ files: { 'code/index.mjs': code }, Resources: aFunction() }));
    const command = runCommand('packages/local/cli/main.ts', ['--cdk-out', cdkOut, '--port', '0', ...options]);
    await command.says('CTRL+C ends it.');
    const client = await openTerminal({ url: /ws:\S+/.exec(command.output())?.[0] ?? '', timeoutMs: PATIENCE_MS });
    client.type('hello');
    await command.says('WARN a WARN line');
    expect(command.output().includes('INFO a INFO line')).toBe(isShown);
    const hint = '  Lines that functions log at level info are not shown. --verbose shows them here.\n';
    expect(command.output().includes(hint)).toBe(!isShown);
    command.interrupt();
    expect(await command.ended).toMatchObject({ code: 0, stderr: '' });
  });

  it('takes the folder of an assembly for --app, as the CDK does, and serves the page', async () => {
    const command = runCommand('packages/local/cli/main.ts', ['--app', anApplication(), '--port', '0', '--json']);
    await command.says('"ready"');
    const [{ page, apis }] = command
      .output()
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));
    expect(await (await fetch(page)).text()).toContain('<script type="module" src="page.js">');
    expect(await (await fetch(new URL('apis.json', page))).json()).toEqual(apis);
    command.interrupt();
    expect(await command.ended).toMatchObject({ code: 0, stderr: '' });
  });

  /** An application that puts the code of a function into an assembly, as the CDK does: each code has its own folder. */
  const APP = `
    const { cpSync, readFileSync, writeFileSync } = require('node:fs');
    const { CDK_OUTDIR: out, ASSEMBLY } = process.env;
    const code = 'asset.' + Buffer.from(readFileSync('lambda/index.mjs')).length;
    cpSync(ASSEMBLY, out, { recursive: true });
    cpSync('lambda', out + '/' + code, { recursive: true });
    writeFileSync(out + '/Chat.assets.json', readFileSync(ASSEMBLY + '/Chat.assets.json', 'utf8').replace('"code"', JSON.stringify(code)));
  `;

  it('watches the sources of an application, and runs it again', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'project-'));
    mkdirSync(join(folder, 'lambda'));
    writeFileSync(join(folder, 'app.js'), APP);
    writeFileSync(join(folder, 'lambda/index.mjs'), CODE);
    const args = ['--app', 'app.js', '--port', '0'];
    const command = runCommand('packages/local/cli/main.ts', args, folder, { env: { ASSEMBLY: anApplication() } });
    await command.says('CTRL+C ends it.');
    expect(command.output()).toContain('  Watches the sources below this folder, and runs "app.js" again.\n');
    writeFileSync(join(folder, 'lambda/index.mjs'), CODE.replace('"hi"', '"hello"'));
    await command.says('~ reloaded Echo');
    const client = await openTerminal({ url: /ws:\S+/.exec(command.output())?.[0] ?? '', timeoutMs: PATIENCE_MS });
    client.type('x');
    expect(await client.next(PATIENCE_MS)).toBe('hello');
    command.interrupt();
    expect(await command.ended).toMatchObject({ code: 0, stderr: '' });
  });

  it('reads an assembly again that was synthesized elsewhere, and code that is outside of it', async () => {
    const code = mkdtempSync(join(tmpdir(), 'lambda-'));
    writeFileSync(join(code, 'index.mjs'), CODE);
    const application = (body: string) =>
      aChat({ assets: { 'code.zip': code }, Resources: { ...ANSWERING, ...aFunction({ Description: body }) } });
    const cdkOut = anAssembly(application('one'));
    const command = runCommand('packages/local/cli/main.ts', ['--cdk-out', cdkOut, '--port', '0']);
    await command.says('CTRL+C ends it.');
    expect(command.output()).toContain(`  Reads ${cdkOut} again when it is synthesized again.`);
    writeFileSync(join(code, 'index.mjs'), CODE.replace('"hi"', '"hello"'));
    await command.says('~ reloaded Echo');
    const client = await openTerminal({ url: /ws:\S+/.exec(command.output())?.[0] ?? '', timeoutMs: PATIENCE_MS });
    client.type('x');
    expect(await client.next(PATIENCE_MS)).toBe('hello');
    const template = join(cdkOut, 'Chat.template.json');
    writeFileSync(template, readFileSync(template, 'utf8').replace('"one"', '"two"'));
    await command.says('reloaded the stack, no function changed');
    command.interrupt();
    expect(await command.ended).toMatchObject({ code: 0, stderr: '' });
  });

  /** A package whose `npm start` runs the application. */
  const aPackage = (): string => {
    const folder = mkdtempSync(join(tmpdir(), 'package-'));
    const start = `"${process.execPath}" "${resolve('packages/local/cli/main.ts')}" --cdk-out "${anApplication()}" --port 0`;
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ scripts: { start } }));
    return folder;
  };

  it.each(['SIGKILL', 'SIGTERM'] as const)(
    'ends when npm gets %s, although the shell of npm lives on',
    async (signal) => {
      const npm = runProgram('npm', ['start'], aPackage());
      await npm.says('CTRL+C ends it.');
      process.kill(npm.pid, signal);
      // The output closes only when the run has ended too.
      await npm.ended;
    },
  );

  it('runs on in the background when the shell that started npm has ended', async () => {
    const shell = runProgram('sh', ['-c', 'npm start & echo "npm is $!."'], aPackage());
    await shell.says('CTRL+C ends it.');
    await until(() => hasEnded(shell.pid));
    const client = await openTerminal({ url: /ws:\S+/.exec(shell.output())?.[0] ?? '', timeoutMs: PATIENCE_MS });
    for (const text of ['hello', 'hello again']) {
      client.type(text);
      expect(await client.next(PATIENCE_MS)).toBe('hi');
    }
    process.kill(Number(/npm is (\d+)/.exec(shell.output())?.[1]), 'SIGKILL');
    await shell.ended;
  });

  it('ends with its standard input, and ignores signals, with --end-with-input', async () => {
    const args = ['packages/local/cli/main.ts', '--cdk-out', anApplication(), '--port', '0', '--end-with-input'];
    const run = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    for await (const text of run.stdout.setEncoding('utf8'))
      if (text.includes('CTRL+C ends it.')) {
        for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) run.kill(signal);
        run.stdin.end();
      }
    await until(() => run.exitCode !== null || run.signalCode !== null);
    expect(run).toMatchObject({ exitCode: 0, signalCode: null });
  });

  it('ends with an error although its standard input stays open, with --end-with-input', async () => {
    const args = ['packages/local/cli/main.ts', '--app', 'false', '--end-with-input'];
    const run = spawn(process.execPath, args, { stdio: ['pipe', 'ignore', 'ignore'] });
    await until(() => run.exitCode !== null || run.signalCode !== null);
    expect(run).toMatchObject({ exitCode: 1, signalCode: null });
  });

  it.each([
    [[], 'Give --app "npx cdk synth" or --cdk-out DIR\n'],
    [['--app', 'x', '--cdk-out', 'y'], 'Give --app "npx cdk synth" or --cdk-out DIR\n'],
    [['--app', ''], '--app: expected a value, got "". Is a shell variable not set?\n'],
    [
      ['--cdk-out', 'nowhere'],
      '--cdk-out: expected a folder with a cloud assembly, got "nowhere" without a manifest.json. Run "npx cdk synth" first.\n',
    ],
    [
      ['--cdk-out', anApplication(), '--port', '0', '--stage', 'beta'],
      'Chat has no stage "beta". Its stages: production\n',
    ],
    [
      ['--cdk-out', 'nowhere', '--stage', 'a b'],
      '--stage: expected a stage name of letters, digits, "-" and "_", got "a b".\n',
    ],
    [['--prot', '1'], "Unknown option '--prot'. --help lists the options\n"],
  ])('refuses %j with code 2 and one sentence', async (args, stderr) => {
    expect(await runCommand('packages/local/cli/main.ts', args).ended).toEqual({ code: 2, stdout: '', stderr });
  });

  it('names a file in the place of its folder, and an invalid cdk.json', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'application-'));
    const local = () => runCommand('packages/local/cli/main.ts', ['--app', 'true'], folder).ended;
    writeFileSync(join(folder, 'cdk.json'), '{');
    expect(await local()).toMatchObject({ code: 2, stderr: expect.stringMatching(/^cdk\.json cannot be read: /) });
    writeFileSync(join(folder, 'cdk.json'), '{}');
    writeFileSync(join(folder, 'cdk.local'), '');
    const { code, stderr } = await local();
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^cdk\.local cannot be written \(EEXIST\)\. Run this in a folder that you can write to: .*\n$/,
    );
  });

  it('says that its working folder does not exist any more', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gone-'));
    const command = `rmdir "${folder}"; "${process.execPath}" "${resolve('packages/local/cli/main.ts')}" --cdk-out x`;
    const { code, stderr } = await runProgram('sh', ['-c', command], folder).ended;
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: 'The working folder does not exist any more. Change to another folder\n',
    });
  });

  it('exits with 1 and one sentence if its port is in use', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as { port: number };
    const { code, stdout, stderr } = await runCommand('packages/local/cli/main.ts', [
      '--cdk-out',
      anApplication(),
      '--port',
      `${port}`,
    ]).ended;
    server.close();
    expect({ code, stdout, stderr }).toEqual({
      code: 1,
      stdout: '',
      stderr: `Port ${port} is in use. Stop the other process or pass --port\n`,
    });
  });
});

describe('npm run transcript', () => {
  it('shows the first line that differs from the transcript, and exits with 1', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'transcript-')), 'chat.txt');
    writeFileSync(file, 'A+\nA> hello\nA< hi\nA> again\nA< ho\nA-\n');
    const chat = runCommand('packages/local/cli/main.ts', ['--cdk-out', anApplication(), '--port', '0', '--json']);
    await chat.says('"ready"');
    const [ready] = chat.output().split('\n');
    const url = JSON.parse(ready ?? '').apis[0].webSocketUrl;
    const { code, stderr } = await runCommand('test/transcripts/player/transcript.ts', [file, '--url', url]).ended;
    chat.interrupt();
    await chat.ended;
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: `${file}:5: the session differs here\n  expected A< ho\n  shown    A< hi\n               ^\n`,
    });
  });

  it('refuses an empty transcript', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'transcript-')), 'empty.txt');
    writeFileSync(file, '\n');
    const { code, stderr } = await runCommand('test/transcripts/player/transcript.ts', [file]).ended;
    expect({ code, stderr }).toEqual({
      ...{ code: 2, stderr: `${file}: expected a transcript, got a file without steps.\n` },
    });
  });

  it('names a file that does not exist', async () => {
    const { code, stderr } = await runCommand('test/transcripts/player/transcript.ts', ['nosuch.txt']).ended;
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: 'Cannot read nosuch.txt (ENOENT): give the path of a transcript\n',
    });
  });
});

const hasEnded = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return false;
  } catch {
    return true;
  }
};
