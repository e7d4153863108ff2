import { describe, expect, it } from '@jest/globals';
import { readScenario } from '../../../../packages/load/input/read-scenario.ts';

const defaults = { connections: 200, churnPerSecond: 0 };
const read = (text: string) => readScenario('spike.yaml', text, defaults);

describe('readScenario', () => {
  it('reads phases, and keeps the connections and the churn of the phase before', () => {
    const phases = read(`
phases:
  - { name: warm-up, duration: 10s, rate: 2/s }
  - { duration: 30s, rate: 2/s to 20/s, connections: 500, churn: 2%/s }
  - name: spike
    duration: 5s
    burst: 50
`);
    expect(phases).toEqual([
      { name: 'warm-up', durationMs: 10_000, rateFrom: 2, rateTo: 2, burst: 0, connections: 200, churnPerSecond: 0 },
      {
        name: 'phase 2',
        durationMs: 30_000,
        rateFrom: 2,
        rateTo: 20,
        burst: 0,
        connections: 500,
        churnPerSecond: 0.02,
      },
      { name: 'spike', durationMs: 5_000, rateFrom: 0, rateTo: 0, burst: 50, connections: 500, churnPerSecond: 0.02 },
    ]);
  });

  it.each([
    ['an unknown field', 'phases:\n  - duration: 5s\n    speed: 3\n', 'spike.yaml:3: phases[0].speed is not a field'],
    [
      'an unknown field at the top',
      'phase:\n  - duration: 5s\n',
      'spike.yaml:1: phase is not a field; known fields: phases',
    ],
    [
      'nonsense in a field',
      'phases:\n  - duration: 5s\n    rate: fast\n',
      'spike.yaml:3: phases[0].rate: expected a rate such as 10/s',
    ],
    ['a phase without a duration', 'phases:\n  - rate: 1/s\n', 'spike.yaml:2: phases[0].duration is missing'],
    ['no phase', 'phases: []\n', 'spike.yaml:1: phases: expected a list with at least one phase'],
    ['a phase that is not a map', 'phases:\n  - 5s\n', 'spike.yaml:2: phases[0]: expected a map'],
    ['an empty file', '', 'spike.yaml:1: the file: expected a map with phases'],
    [
      'a phase without a receiver',
      'phases:\n  - { duration: 5s, connections: 1 }\n',
      'spike.yaml:2: phases[0].connections: expected a whole number such as 200, at least 2 (a sender and a receiver), got "1".',
    ],
    [
      'a phase of zero seconds',
      'phases:\n  - duration: 0s\n',
      /^spike\.yaml:2: phases\[0\]\.duration: expected a duration .*, at least 100ms, got "0s"\.$/,
    ],
    ['broken YAML', 'phases:\n  - { duration: 5s\n', 'spike.yaml:'],
  ])('refuses %s with file, line and path', (_what, text, message) => {
    expect(() => read(text)).toThrow(message);
  });
});
