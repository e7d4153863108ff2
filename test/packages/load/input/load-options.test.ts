import { describe, expect, it } from '@jest/globals';
import { parseCommand, UsageError } from '../../../../packages/command-line/command.ts';
import { LOAD_OPTIONS, loadOf } from '../../../../packages/load/input/load-options.ts';
import { withQuery } from '../../../../packages/load/workload/target.ts';

const read = (args: readonly string[]) => {
  const [options] = parseCommand({ usage: '', about: '', options: LOAD_OPTIONS }, args);
  return { ...options, ...loadOf(options) };
};

describe('the options of npm run load', () => {
  it('have defaults below the quotas of API Gateway', () => {
    const { url, workload, processes, out, failOn } = read([]);
    expect(url).toBeUndefined();
    expect(workload.connectionsPerSecond).toBeLessThan(500);
    expect(workload).toMatchObject({ sizeBytes: 200, slowShare: 0, settleMs: 5_000 });
    expect(workload.phases).toEqual([
      { name: 'steady', durationMs: 30_000, rateFrom: 10, rateTo: 10, burst: 0, connections: 200, churnPerSecond: 0 },
    ]);
    expect({ processes, out, failOn }).toEqual({ processes: 1, out: 'load-report', failOn: [] });
  });

  it('make as many connections as the channels have members', () => {
    const { workload, processes, target } = read(['--channels', '20', '--members', '50', '--rate', '100/s']);
    expect(workload).toMatchObject({
      channels: { channels: 20, members: 50 },
      phases: [{ connections: 1_000, rateTo: 100 }],
    });
    expect(target.frame).toBe('{"text":"{{message}}"}');
    expect(processes).toBeGreaterThanOrEqual(1);
  });

  it('add headers and query parameters to the handshake', () => {
    const { url, query, target } = read([
      ...[
        '--url',
        'wss://example.com/production?room=1',
        '--query',
        'token=a&b',
        '--header',
        'Authorization: Bearer x:y',
      ],
    ]);
    expect(withQuery(url ?? '', query)).toBe('wss://example.com/production?room=1&token=a%26b');
    expect(target.headers).toEqual({ Authorization: 'Bearer x:y' });
  });

  it.each<[string[], RegExp]>([
    [
      ['--url', 'https://example.com'],
      /^--url: expected a URL that starts with ws:\/\/ or wss:\/\/, got "https:\/\/example\.com"\.$/,
    ],
    [['--url', 'nonsense'], /^--url: expected .*got "nonsense"/],
    [['--members', '5'], /^--members: these are the clients in each channel, so give --channels N too\.$/],
    [['--channels', '0'], /^--channels: expected .*at least 1, got "0"/],
    [['--channels', '1', '--members', '1'], /^--channels: expected channels × members from 2 to 100,000, got 1 × 1\.$/],
    [['--channels', '2', '--connections', '9'], /^--connections and --channels exclude each other: .*--members/],
    [['--channels', '2', '--slow', '5%'], /^--slow and --channels exclude each other/],
    [['--channels', '2', '--size', '2KB'], /^--size: expected at most 1000B with --channels, as a room .*got 2048B/],
    [['--channels', '2', '--frame', '{{message}}!'], /^--frame: expected with --channels the JSON of data/],
    [['--channels', '2', '--processes', '3'], /^--processes: expected at most one a channel, which is 2, got 3/],
    [['--connections', '1'], /^--connections: expected a whole number .*at least 2 .*got "1"/],
    [['--connections', 'many'], /^--connections: expected a whole number such as 200, .*got "many"/],
    [['--rate', '10'], /^--rate: expected a rate such as 10\/s or 30\/min, got "10"/],
    [['--duration', '10'], /^--duration: expected a duration/],
    [['--duration', '10ms'], /^--duration: expected .*at least 1s, got "10ms"/],
    [['--size', '10B'], /^--size: expected .*from 48B .* to 128KB, got "10B"/],
    [['--size', '1MB'], /^--size: expected .*from 48B .* to 128KB, got "1MB"/],
    [['--ramp', '0/s'], /^--ramp: expected .*at least 1\/s, got "0\/s"/],
    [['--churn', '2%'], /^--churn: expected a share a second such as 2%\/s/],
    [['--slow', '200%'], /^--slow: expected .*at most 100%, got "200%"/],
    [['--settle', '1ms'], /^--settle: expected .*from 100ms to 10m, got "1ms"/],
    [['--settle', '11m'], /^--settle: expected .*from 100ms to 10m, got "11m"/],
    [['--processes', '0'], /^--processes: expected .*from 1 to 128, because each takes 50 MB or more, got "0"/],
    [['--processes', '100000'], /^--processes: expected .*from 1 to 128/],
    [
      ['--processes', '11', '--connections', '10'],
      /^--processes: expected at most one a connection, which is 10, got 11\.$/,
    ],
    [['--frame', '{"message":"hi"}'], /^--frame: expected text that contains \{\{message\}\} exactly once/],
    [['--fail-on', 'lost'], /^--fail-on: expected conditions such as lost>0 or p99>250ms/],
    [['--fail-on', 'p99>250'], /^--fail-on p99: expected a duration/],
    [['--scenario', 'no-such-file.yaml'], /^--scenario: expected a YAML file, got no-such-file\.yaml/],
    [['--scenario', 'x.yaml', '--rate', '5/s'], /^--rate and --scenario exclude each other: /],
    [['--fault', 'post:429=1%', '--url', 'ws://127.0.0.1'], /^--fault and --url exclude each other: /],
    [['--speed', '3'], /^Unknown option '--speed'\. --help lists the options$/],
    [['--url'], /--url/],
  ])('refuse %j in one sentence', (args, message) => {
    expect(() => read(args)).toThrow(UsageError);
    expect(() => read(args)).toThrow(message);
  });

  it('do not show a header in an error, because it may be a token', () => {
    expect(() => read(['--header', 'secret-token'])).toThrow(/^--header: expected (?!.*secret)/);
  });

  it('read the conditions of every --fail-on', () => {
    const { failOn } = read(['--fail-on', 'lost>0,duplicates>0', '--fail-on', 'p99>1s']);
    expect(failOn.flat().map(({ text }) => text)).toEqual(['lost>0', 'duplicates>0', 'p99>1s']);
  });

  it('use more processes for a load that is too much for one', () => {
    const { processes } = read(['--connections', '5000', '--rate', '1000/s']);
    expect(processes).toBeGreaterThan(1);
  });
});
