import { afterEach, expect, it } from '@jest/globals';
import { UsageError } from '../../../packages/command-line/command.ts';
import { startTargetProcess, type TargetProcess } from '../../../packages/load/target-process.ts';
import { BROADCAST_ACCOUNT } from '../../../schemas/broadcast-account.ts';
import { anAccount } from '../../schemas/an-account.ts';
import { PATIENCE_MS, until } from '../../support/until.ts';

let target: TargetProcess | undefined;
afterEach(async () => {
  await target?.stop(0);
  target = undefined;
});

const start = async (script: string, signal?: AbortSignal): Promise<TargetProcess> => {
  target = await startTargetProcess({ file: process.execPath, args: ['-e', script], ...(signal && { signal }) });
  return target;
};
const say = (...lines: object[]): string =>
  lines.map((line) => `console.log(${JSON.stringify(JSON.stringify(line))});`).join('');
const ready = { type: 'ready', apis: [{ name: 'Chat', webSocketUrl: 'ws://127.0.0.1:1/production' }] };
const live = 'setInterval(() => {}, 1_000);';

it('returns the URL of the target, the readings of its queues and the accounts of its fan-out', async () => {
  const logOf = (requestId: string, delivered: number) => {
    const line = JSON.stringify({ message: BROADCAST_ACCOUNT, requestId, account: anAccount({ delivered }) });
    return { type: 'log', functionName: 'f', line };
  };
  const queue = { type: 'queue', name: 'broadcasts', visible: 4, inFlight: 1, oldestAgeMs: 20 };
  const logs = [logOf('a', 3), logOf('a', 4), logOf('b', 5), { type: 'log', functionName: 'f', line: 'hello' }];
  const { url, queues, fanOut, resetFanOut } = await start(
    `${say(...logs, queue, ready)}console.log('no JSON');${live}`,
  );
  expect(url).toBe('ws://127.0.0.1:1/production');
  expect(queues()).toEqual([{ name: 'broadcasts', visible: 4, inFlight: 1, oldestAgeMs: 20 }]);
  expect(fanOut()).toMatchObject({ batchSizes: { 1: 1, 2: 1 }, account: { delivered: 12, stale: 0 } });
  resetFanOut();
  expect(fanOut()).toEqual({ batchSizes: {}, account: {} });
});

it('says how the target ended, with its last line', async () => {
  const { ended } = await start(`${say(ready)}console.error('out of memory');setTimeout(() => process.exit(3), 10);`);
  await until(() => ended() !== undefined);
  expect(ended()).toBe('its process ended (exit code 3): out of memory');
});

it('does not call a line of the target the reason of a signal', async () => {
  const { ended } = await start(`${say(ready)}console.error('  at 0x8f');process.kill(process.pid, 'SIGKILL');`);
  await until(() => ended() !== undefined);
  expect(ended()).toBe('its process ended (SIGKILL)');
});

it('shows why a target did not start', async () => {
  await expect(start("console.error('port taken');process.exit(1)")).rejects.toThrow(
    'The target did not start: port taken',
  );
});

it('throws a usage error of the target as a usage error, with the same message', async () => {
  const refusal = await start("console.error('--fault x cannot be read');process.exit(2)").catch((error) => error);
  expect(refusal).toBeInstanceOf(UsageError);
  expect(refusal).toMatchObject({ message: '--fault x cannot be read' });
});

const UNTIL_INPUT_ENDS = "process.stdin.on('end', () => process.exit(7)).resume();";

it('ends the input of the target and waits until it exits', async () => {
  const { stop, ended } = await start(`${UNTIL_INPUT_ENDS}${say(ready)}`);
  await stop(PATIENCE_MS);
  expect(ended()).toBe('its process ended (exit code 7)');
});

it('kills a target that does not exit', async () => {
  const { stop, ended } = await start(`${say(ready)}${live}`);
  await stop(50);
  expect(ended()).toContain('SIGKILL');
});

it('ends a target while it starts, but not when it is ready', async () => {
  const stop = new AbortController();
  const starting = start(UNTIL_INPUT_ENDS, stop.signal);
  stop.abort();
  await expect(starting).rejects.toThrow('its process ended (exit code 7)');
  const later = new AbortController();
  const { ended, stop: stopLater } = await start(`${UNTIL_INPUT_ENDS}${say(ready)}`, later.signal);
  later.abort();
  expect(ended()).toBeUndefined();
  await stopLater(PATIENCE_MS);
});
