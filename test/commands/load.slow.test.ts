import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type BroadcastServer, type Faults, startBroadcastServer } from '../packages/load/start-broadcast-server.ts';
import { runCommand } from '../support/run-command.ts';
import { until } from '../support/until.ts';

jest.setTimeout(120_000);

let folder: string;
let server: BroadcastServer;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'load-'));
});
afterEach(async () => {
  await server.stop();
  await rm(folder, { recursive: true });
});

const load = async (faults: Faults, ...args: string[]) => {
  server = await startBroadcastServer(faults);
  return runCommand('commands/load.ts', [
    '--url',
    server.url,
    '--connections',
    '20',
    '--settle',
    '500ms',
    '--out',
    folder,
    ...args,
  ]);
};
const reportOf = async () => JSON.parse(await readFile(join(folder, 'report.json'), 'utf8'));
/** Half of the connections that churn kills in eight seconds, computed from the expected deliveries of a message. */
const minKilled = ({ expected, sent }: { expected: number; sent: number }, churnPerSecond: number): number =>
  ((expected / sent) * churnPerSecond * 8) / 2;

describe('npm run load', () => {
  it('prints a summary, writes both reports and fails if a condition is met', async () => {
    const { ended } = await load(
      { dropEvery: 100 },
      '--rate',
      '20/s',
      '--duration',
      '1s',
      '--fail-on',
      'lost>0,duplicates>0',
    );
    const { code, stdout } = await ended;
    expect(stdout).toMatch(/Lost +3 \(0\.789 %\)/);
    expect(stdout).toContain('Failed: lost>0 (measured 3)');
    expect(stdout).not.toContain('Failed: duplicates');
    expect(code).toBe(1);
    const report = await reportOf();
    expect([report.version, report.totals.lost]).toEqual([1, 3]);
    expect(await readFile(join(folder, 'report.html'), 'utf8')).toContain('lost deliveries');
  });

  it('accounts for every connection under churn, slow readers and several processes', async () => {
    const options =
      '--rate 40/s --duration 8s --churn 10%/s --slow 10% --processes 2 --connections 60 --ramp 50/s'.split(' ');
    const { ended } = await load({}, ...options);
    expect((await ended).code).toBe(0);
    const { totals, connections, slow } = await reportOf();
    expect([totals.sent, totals.unsent]).toEqual([320, {}]);
    expect(totals).toMatchObject({ lost: 0, duplicates: 0, own: 0, received: totals.expected });
    expect(totals.expected).toBeGreaterThan(320 * 10);
    expect(connections.killed).toBeGreaterThan(minKilled(totals, 0.1));
    expect(connections.opened).toBeGreaterThan(60);
    expect(connections.rampMs).toBeGreaterThan(1_000);
    expect(slow.expected).toBeGreaterThan(0);
  });

  it('finds exactly the dropped posts, although connections come and go', async () => {
    const options = '--rate 40/s --duration 8s --churn 5%/s --connections 60'.split(' ');
    const { ended, says } = await load({ dropEvery: 100 }, ...options);
    const held = monitorEventLoopDelay({ resolution: 10 });
    held.enable();
    // Connections close at the end of the run. Dropped posts are counted before that.
    await says('settling');
    await until(() => server.planted.messages === 320);
    const stayedMs = server.stayedMs();
    held.disable();
    await ended;
    const { totals, connections, generator } = await reportOf();
    const settleMs = 500;
    // Server and generator see a connection close at different times. A blocked event loop adds to the difference.
    const apartMs = 100 + held.max / 1e6 + generator.behindMs;
    const certain = stayedMs.filter((ms) => ms > settleMs + apartMs).length;
    // For these posts, lost and not lost are both correct.
    const doubtful = stayedMs.filter((ms) => Math.abs(ms - settleMs) <= apartMs).length;
    expect(server.planted.dropped).toBe(stayedMs.length);
    expect(connections.killed).toBeGreaterThan(minKilled(totals, 0.05));
    expect(certain).toBeGreaterThan(doubtful);
    expect(totals.lost).toBeGreaterThanOrEqual(certain);
    expect(totals.lost).toBeLessThanOrEqual(certain + doubtful);
  });

  it('writes a report of the measurements so far if it is interrupted', async () => {
    const { says, interrupt, ended } = await load({}, '--rate', '50/s', '--duration', '1h');
    await says('s steady');
    interrupt();
    const { code, stdout } = await ended;
    expect(code).toBe(130);
    expect(stdout).toMatch(/Interrupted at .*: stopped by the user/);
    expect((await reportOf()).ended.reason).toBe('interrupted');
  });

  it('reports when the target died', async () => {
    const { says, ended } = await load({}, '--rate', '50/s', '--duration', '1h');
    await says('s steady');
    await server.stop();
    const { code, stdout } = await ended;
    expect(code).toBe(1);
    expect(stdout).toMatch(/The target died at [\d.]+ m?s: every connection was closed/);
    const { ended: ending, outages, totals, connections } = await reportOf();
    expect(ending.reason).toBe('target died');
    expect(outages).toEqual([{ fromSecond: ending.second, toSecond: null }]);
    expect(connections.closedByTarget).toEqual({ 1006: 20 });
    expect(totals.lost).toBe(0);
  });

  it('runs the phases of a scenario, and compares two runs', async () => {
    const file = join(folder, 'scenario.yaml');
    await writeFile(
      file,
      'phases:\n  - { name: calm, duration: 1s, rate: 5/s }\n  - { name: spike, duration: 2s, burst: 30, connections: 40 }\n',
    );
    const { ended } = await load({}, '--scenario', file);
    expect((await ended).code).toBe(0);
    const report = await reportOf();
    expect(report.totals).toMatchObject({ sent: 35, lost: 0 });
    expect(report.connections).toMatchObject({ wanted: 40, mostOpen: 40, opened: 40 });
    const again = runCommand('commands/load.ts', [
      ...[
        '--url',
        server.url,
        '--scenario',
        file,
        '--connections',
        '20',
        '--settle',
        '500ms',
        '--out',
        join(folder, 'new'),
      ],
      ...['--compare', join(folder, 'report.json')],
    ]);
    const { stdout } = await again.ended;
    expect(stdout).toMatch(/Compared +before +now +change/);
    expect(stdout).not.toContain('The runs differ');
  });
});

it('npm run load starts the local run, loses no delivery, and reports the accounts of the fan-out', async () => {
  server = await startBroadcastServer();
  const options = ['--connections', '30', '--rate', '4/s', '--duration', '4s', '--out', folder];
  const { code, stdout, stderr } = await runCommand('commands/load.ts', [...options, '--fail-on', 'lost>0']).ended;
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/Planner +predicted +measured +difference/);
  const { target, totals, account, batchSizes } = await reportOf();
  expect(target.local).toBe(true);
  expect(totals).toMatchObject({ sent: 16, expected: 16 * 29, lost: 0 });
  expect(account).toMatchObject({ delivered: 16 * 29, excluded: 16, undelivered: 0 });
  expect(Object.keys(batchSizes).length).toBeGreaterThan(0);
});
