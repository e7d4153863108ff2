import { describe, expect, it } from '@jest/globals';
import { describeEvent } from '../../../local/cli/describe-event.ts';
import { functionLabels } from '../../../local/cli/function-labels.ts';
import type { LocalEvent } from '../../../local/local-event.ts';

const NOW = new Date('2026-11-21T12:03:04.123Z');
const describeAs = (event: LocalEvent) => describeEvent(event, (name) => `<${name}>`, NOW).join('\n');
const INVOCATION = { type: 'invocation', functionName: 'send', durationMs: 3.14, ok: true, coldStart: false } as const;

describe('describeEvent', () => {
  it.each<[LocalEvent, string]>([
    [{ ...INVOCATION, routeKey: 'send-message' }, '12:03:04.123  send-message   <send>  3.1 ms'],
    [
      { ...INVOCATION, records: 3, coldStart: true, initMs: 120 },
      '12:03:04.123  3 of queue     <send>  3.1 ms  cold start 120 ms',
    ],
    [
      { ...INVOCATION, routeKey: 'ping', ok: false, error: 'Error: no' },
      '12:03:04.123  ping           <send>  3.1 ms  FAILED Error: no',
    ],
    [{ type: 'log', functionName: 'send', line: 'hello' }, '12:03:04.123  <send> | hello'],
    [{ type: 'connected', api: 'chat', connection: 'a1b2', stage: 'dev' }, '12:03:04.123  + connected      a1b2'],
    [
      { type: 'reloaded', functions: [], durationMs: 5 },
      '12:03:04.123  ~ reloaded the stack, no function has changed in 5 ms',
    ],
    [
      { type: 'notice', line: 'The table Rows has changed: restart' },
      '12:03:04.123  ! The table Rows has changed: restart',
    ],
    [{ type: 'queue', name: 'broadcasts', visible: 1, inFlight: 0, oldestAgeMs: 3 }, ''],
  ])('says %j in a line', (event, line) => {
    expect(describeAs(event)).toBe(line);
  });

  it('shows what runs, both URLs and a line to paste', () => {
    const routes = [{ routeKey: '$connect', functionName: 'connect' }, { routeKey: 'ping' }];
    const text = describeAs({
      type: 'ready',
      name: 'Chat',
      apis: [{ name: 'chat', webSocketUrl: 'ws://here/dev', connectionsUrl: 'http://here/dev', routes }],
      functions: ['connect'],
      queues: [{ name: 'broadcasts', url: 'http://here:2/1/broadcasts' }],
      tables: [],
      notices: ['It would be slow on AWS'],
    });
    expect(text).toContain('    ws://here/dev\n    http://here/dev/@connections\n');
    expect(text).toMatch(/\$connect +<connect>\n +ping +\(no function\)/);
    expect(text).toContain('http://here:2/1/broadcasts');
    expect(text).not.toContain('tables');
    expect(text).toContain('! It would be slow on AWS');
    expect(text).toContain('npx wscat -c ws://here/dev');
  });
});

describe('functionLabels', () => {
  it('leaves out the stack before and the hash behind', () => {
    const names = ['My-Stack-ChatSendFunctionA1B2C3D4', 'My-Stack-ChatFanOutFunction00FF00FF'];
    expect([...functionLabels(names).values()]).toEqual(['ChatSendFunction', 'ChatFanOutFunction']);
  });

  it('keeps names whole that could not be told apart otherwise', () => {
    const names = ['Chat-FnA1B2C3D4', 'Chat-Fn00FF00FF'];
    expect([...functionLabels(names).values()]).toEqual(names);
  });
});
