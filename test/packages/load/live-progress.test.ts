import { describe, expect, it } from '@jest/globals';
import type { Progress } from '../../../packages/load/generator/run-load.ts';
import { ProgressDisplay } from '../../../packages/load/live-progress.ts';
import { someMeasurements } from './a-report.ts';

const progress = (elapsedMs: number, more: Partial<Progress> = {}): Progress => {
  const { timeline, workload } = someMeasurements();
  timeline.observe({
    machineCpu: 0.5,
    queues: [{ name: 'broadcasts', visible: 3, inFlight: 2, oldestAgeMs: 1_500 }],
  });
  return {
    stage: 'running',
    phase: workload.phases[0] as Progress['phase'],
    elapsedMs,
    totalMs: 30_000,
    timeline,
    intervalSeconds: 1,
    ...more,
  };
};

const written = (isTTY: boolean, show: (display: ProgressDisplay) => void, columns = 120): string => {
  let text = '';
  show(new ProgressDisplay({ isTTY, columns, write: (part) => (text += part) }));
  return text;
};

describe('ProgressDisplay', () => {
  it('redraws the screen in a terminal', () => {
    const text = written(true, (display) => {
      display.show(progress(1_000));
      display.show(progress(2_000));
      display.end();
    });
    const lines = text.split('\u001b')[1]?.split('\n').length ?? 0;
    expect(text.split(`\u001b[${lines - 1}F\u001b[0J`)).toHaveLength(3);
    expect(text).toContain('Running: steady, 2 of 30 s');
    for (const part of [
      '20 of 20',
      '38/s',
      'p50 20 ms',
      'p99 40 ms',
      '3 + 2 in flight',
      'oldest 1.50 s  broadcast queue',
      '██',
    ]) {
      expect(text).toContain(part);
    }
  });

  it('truncates lines that are wider than the terminal', () => {
    const text = written(true, (display) => display.show(progress(1_000)), 30);
    for (const line of text.split('\n')) expect([...line.replace('\u001b[0J', '')].length).toBeLessThan(30);
  });

  it('prints a line every five seconds and at each stage to other streams', () => {
    const text = written(false, (display) => {
      for (let second = 1; second <= 11; second++) display.show(progress(second * 1_000));
      display.show(progress(12_000, { stage: 'settling' }));
      display.end();
    });
    expect(text).not.toContain('\u001b');
    expect(
      text
        .trim()
        .split('\n')
        .map((line) => line.split(' | ')[0]),
    ).toEqual(['1 s steady', '6 s steady', '11 s steady', 'settling']);
    expect(text).toContain(
      '20 connections | sent 2/s | delivered 38/s | p50 20 ms p95 40 ms p99 40 ms | overdue 0 | duplicates 0 | broadcast queue 5 oldest 1.50 s',
    );
  });
});
