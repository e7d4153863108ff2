import { describe, expect, it } from '@jest/globals';
import { describeEvent } from '../../../../packages/local/cli/describe-event.ts';
import { functionLabels } from '../../../../packages/local/cli/open-printer.ts';
import type { LocalEvent } from '../../../../packages/local/model/local-event.ts';

const NOW = new Date('2026-11-21T12:03:04.123Z');
const describeAs = (event: LocalEvent) => describeEvent(event, (name) => `<${name}>`, NOW).join('\n');
const INVOCATION = { type: 'invocation', functionName: 'send', durationMs: 3.14, ok: true, coldStart: false } as const;

describe('describeEvent', () => {
  it.each<[LocalEvent, string]>([
    [{ ...INVOCATION, routeKey: 'send-message' }, '12:03:04.123  send-message   <send>  3.1 ms'],
    [
      { ...INVOCATION, routeKey: 'send-message', connection: 'a1b2' },
      '12:03:04.123  send-message   <send> a1b2  3.1 ms',
    ],
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
      { type: 'failed', api: 'chat', connection: 'a1b2', requestId: 'r', routeKey: 'send', why: 'answered 500: no' },
      '12:03:04.123  ! send failed for a1b2 (r): answered 500: no',
    ],
    [
      { type: 'failed', api: 'chat', connection: 'a1b2', requestId: 'r', why: 'no route matches the message' },
      '12:03:04.123  ! a message failed for a1b2 (r): no route matches the message',
    ],
    [
      { type: 'reloaded', functions: [], durationMs: 5 },
      '12:03:04.123  ~ reloaded the stack, no function changed in 5 ms',
    ],
    [
      { type: 'notice', line: 'The table Rows has changed: restart' },
      '12:03:04.123  ! The table Rows has changed: restart',
    ],
    [
      { type: 'disconnected', api: 'chat', connection: 'a1b2', code: 4000, reason: 'x\n\u001b[2J+ connected' },
      '12:03:04.123  - disconnected   a1b2 4000 x\\u000a\\u001b[2J+ connected',
    ],
    [{ type: 'queue', name: 'broadcasts', visible: 1, inFlight: 0, oldestAgeMs: 3 }, ''],
  ])('formats %j as one line', (event, line) => {
    expect(describeAs(event)).toBe(line);
  });

  it('shows the parts of the run, both URLs and a command to paste', () => {
    const routes = [{ routeKey: '$connect', functionName: 'connect' }, { routeKey: 'ping' }];
    const text = describeAs({
      type: 'ready',
      name: 'Chat',
      apis: [
        {
          ...{ name: 'chat', webSocketUrl: 'ws://here/dev', connectionsUrl: 'http://here/dev', routes },
          ...{ customDomains: ['ws.example.com/'], iamAuthorization: true },
          routeSelectionExpression: '$request.body.action',
        },
      ],
      functions: ['connect'],
      logicalIds: { connect: 'Connect' },
      queues: [{ name: 'broadcasts', url: 'http://here:2/1/broadcasts' }],
      tables: [],
      reload: 'Watches the sources below this folder.',
      tokenUrl: 'http://here/token',
      notices: ['It would be slow on AWS'],
    });
    expect(text).toMatch(/^Chat runs here\.\n/);
    expect(text).toContain(
      '    ws://here/dev\n    http://here/dev/@connections\n    ws.example.com/  (send this name as Host)\n',
    );
    expect(text).toMatch(/\$connect +<connect>\n +ping +\(no function\)/);
    expect(text).toContain('http://here:2/1/broadcasts');
    expect(text).not.toContain('tables');
    expect(text).toContain('    curl "http://here/token?sub=ada" for a token\n');
    expect(text).toContain('  Watches the sources below this folder.\n  CTRL+C ends it.\n');
    expect(text).toContain('! It would be slow on AWS');
    expect(text).toContain('npx wscat -c ws://here/dev  (signed with access key "local", secret "local")\n');
  });
});

it('names all stacks of the run', () => {
  const nothing = { apis: [], functions: [], logicalIds: {}, queues: [], tables: [], notices: [] };
  expect(describeAs({ type: 'ready', name: 'Data, Chat', ...nothing })).toMatch(/^Data, Chat run here\.\n/);
});

describe('functionLabels', () => {
  it('are logical ids without their hash, even if the function name is truncated', () => {
    const labels = functionLabels({
      'My-Stack-ChatSendFunctionA1B2C3D4': 'ChatSendFunctionA1B2C3D4',
      'WebsocketApiChatAppTutorialStack-WebsocketConnectHandler-0a1b2c3d': 'WebsocketConnectHandlerServiceFn00FF00FF',
      fanOut: 'FanOut',
    });
    expect([...labels.values()]).toEqual(['ChatSendFunction', 'WebsocketConnectHandlerServiceFn', 'FanOut']);
  });

  it('are never empty', () => {
    expect(functionLabels({ 'Chat-A1B2C3D4': 'A1B2C3D4' }).get('Chat-A1B2C3D4')).toBe('A1B2C3D4');
  });

  it('are full names if two labels would be the same', () => {
    const labels = functionLabels({
      'Chat-FnA1B2C3D4': 'FnA1B2C3D4',
      'Chat-Fn00FF00FF': 'Fn00FF00FF',
      'Chat-Other': 'Other',
    });
    expect([...labels.values()]).toEqual(['Chat-FnA1B2C3D4', 'Chat-Fn00FF00FF', 'Other']);
  });
});
