import { describe, expect, it } from '@jest/globals';
import { readFrame } from '../../../../packages/local/console/read-frame.js';

const ids = { connectionId: 'PJqB0fHsqRcCHlw=', requestId: 'PJqB0E1tKRcF-Qw=' };

describe('readFrame', () => {
  it('shows an error frame as its message, the broken rules with their paths, and the request', () => {
    const errors = [
      { path: '/message', rule: 'type', message: '/message must be string' },
      { path: '', rule: 'required', message: 'must have required property' },
    ];
    const frame = { message: 'No match', ...ids, code: 'MESSAGE_INVALID', errors, moreErrors: 3 };
    expect(readFrame(JSON.stringify(frame))).toEqual({
      kind: 'refused',
      text: 'No match (MESSAGE_INVALID)',
      details: [
        '/message must be string',
        'the message must have required property',
        'and 3 more',
        'request PJqB0E1tKRcF-Qw=',
      ],
    });
  });

  it("shows API Gateway's own error frames, which have no code", () => {
    expect(readFrame(JSON.stringify({ message: 'Forbidden', ...ids }))).toMatchObject({
      kind: 'refused',
      text: 'Forbidden',
    });
  });

  it('shows the connection info of the help text field by field', () => {
    const info = { Identity: { SourceIp: '127.0.0.1' }, connectionId: ids.connectionId };
    expect(readFrame(`Use the send-message route. Your info: ${JSON.stringify(info)}`)).toEqual({
      kind: 'info',
      text: 'Use the send-message route.',
      details: ['Identity.SourceIp: 127.0.0.1', `connectionId: ${ids.connectionId}`],
    });
  });

  it.each(['hello', '<b>hello</b>', '{"message": 5}', '{"cut off', 'null', '[1]', 'Your info: nonsense', '42'])(
    'shows %s as plain text',
    (text) => expect(readFrame(text)).toEqual({ kind: 'received', text, details: [] }),
  );
});
