import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type BroadcastServer, startBroadcastServer } from '../packages/load/start-broadcast-server.ts';
import { type RunningCommand, runCommand, runProgram } from '../support/run-command.ts';
import { until } from '../support/until.ts';

jest.setTimeout(120_000);

let folder: string;
let server: BroadcastServer;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'load-'));
  server = await startBroadcastServer();
});
afterEach(async () => {
  await server.stop();
  await rm(folder, { recursive: true });
});

const ENDLESS = ['--rate', '50/s', '--duration', '1h'];
const load = (...args: string[]): RunningCommand =>
  runCommand(
    'commands/load.ts',
    ['--url', server.url, '--connections', '20', '--settle', '500ms', '--out', folder, ...args],
    process.cwd(),
    { ownGroup: true },
  );
const reportOf = async () => JSON.parse(await readFile(join(folder, 'report.json'), 'utf8'));

/** All processes except zombies, with their parents and command lines. */
const processes = (): { pid: number; parent: number; command: string }[] =>
  execFileSync('ps', ['-eo', 'pid=,ppid=,stat=,command='], { encoding: 'utf8' })
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , state = '']) => !state.startsWith('Z'))
    .map(([pid, parent, , ...command]) => ({
      ...{ pid: Number(pid), parent: Number(parent), command: command.join(' ') },
    }));
const below = (pid: number): { pid: number; command: string }[] => {
  const children = processes().filter(({ parent }) => parent === pid);
  return children.flatMap((child) => [child, ...below(child.pid)]);
};

describe('npm run load', () => {
  it.each(['SIGKILL', 'SIGTERM'] as const)(
    'ends with all its processes when npm gets %s, and writes a report',
    async (signal) => {
      const args = ['run', 'load', '--', '--cold', '--connections', '10', ...ENDLESS, '--processes', '2'];
      const npm = runProgram('npm', [...args, '--out', folder]);
      await npm.says('s steady');
      const started = below(npm.pid);
      for (const part of ['load.ts', 'load-process.ts', 'start.ts', 'esbuild'])
        expect(started).toContainEqual(expect.objectContaining({ command: expect.stringContaining(part) }));
      process.kill(npm.pid, signal);
      await npm.ended;
      await until(() => processes().every(({ pid }) => started.every((one) => one.pid !== pid)));
      expect((await reportOf()).ended.reason).toBe('interrupted');
    },
  );

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'writes a report of the measurements so far when its process group gets %s',
    async (signal) => {
      const { pid, says, ended } = load(...ENDLESS);
      await says('s steady');
      await until(() => server.planted.messages > 100);
      process.kill(-pid, signal);
      const { code, stdout } = await ended;
      expect(code).toBe(130);
      expect(stdout).toMatch(/Interrupted at .*: stopped by the user/);
      expect((await reportOf()).totals.sent).toBeGreaterThan(100);
    },
  );

  it('keeps the report of an earlier run if it is interrupted before its first measurement', async () => {
    await writeFile(join(folder, 'report.json'), 'the report of yesterday');
    const { says, interrupt, ended } = load(...ENDLESS, '--ramp', '1/s');
    await says('connecting');
    interrupt();
    expect(await ended).toMatchObject({ code: 130, stdout: '' });
    expect(await readdir(folder)).toEqual(['report.json']);
    expect(await readFile(join(folder, 'report.json'), 'utf8')).toBe('the report of yesterday');
  });

  it('can be interrupted while the target does not answer the first handshake', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    const connected = once(silent, 'connection');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const { interrupt, ended } = load('--url', `ws://127.0.0.1:${port}`);
    await connected;
    interrupt();
    expect(await ended).toMatchObject({ code: 130, stdout: '' });
    silent.close();
  });

  it('reports the figures of the other generator process if one is killed, and exits with 1', async () => {
    const { pid, says, ended } = load(...ENDLESS, '--processes', '2');
    await says('s steady');
    await until(() => server.planted.messages > 100);
    const [victim] = below(pid).filter(({ command }) => command.includes('load-process.ts'));
    process.kill(victim?.pid as number, 'SIGKILL');
    const { code, stdout } = await ended;
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^A generator process died at .*: process [12] of 2 ended early \(SIGKILL\), its figures are missing\./m,
    );
    const { totals } = await reportOf();
    expect(totals.expected).toBeGreaterThan(0);
    expect(totals.received).toBe(totals.expected);
  });

  it('reports the figures of the other generator process if one hangs at a SIGTERM', async () => {
    const { pid, says, ended } = load(...ENDLESS, '--processes', '2');
    await says('s steady');
    await until(() => server.planted.messages > 100);
    const [victim] = below(pid).filter(({ command }) => command.includes('load-process.ts'));
    process.kill(victim?.pid as number, 'SIGSTOP');
    process.kill(pid, 'SIGTERM');
    const { code, stdout } = await ended;
    expect(code).toBe(130);
    expect(stdout).toMatch(/^Interrupted at .*: stopped by the user; process [12] of 2 ended early \(SIGKILL\), its/m);
    expect((await reportOf()).totals.expected).toBeGreaterThan(0);
    expect(processes().some((one) => one.pid === victim?.pid)).toBe(false);
  });

  it('says that report.json is complete if the page cannot be written', async () => {
    const { says, interrupt, ended } = load(...ENDLESS);
    await says('s steady');
    await mkdir(join(folder, 'report.html'));
    interrupt();
    expect((await ended).stderr).toMatch(
      /The report could not be written to .*: EISDIR.*report\.json has the whole report\.\n$/,
    );
    expect((await reportOf()).ended.reason).toBe('interrupted');
  });

  it('prints its summary if the report cannot be written, and leaves no partial file', async () => {
    const { says, interrupt, ended } = load(...ENDLESS);
    await says('s steady');
    await mkdir(join(folder, 'report.json'));
    interrupt();
    const { code, stdout, stderr } = await ended;
    expect(code).toBe(1);
    expect(stdout).toMatch(/^ {3}Deliveries /m);
    expect(stderr).toContain(`The report could not be written to ${folder}: EISDIR`);
    expect(await readdir(folder)).toEqual(['report.json']);
  });
});
