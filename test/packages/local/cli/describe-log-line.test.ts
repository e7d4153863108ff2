import { describe, expect, it } from '@jest/globals';
import { describeLogLine } from '../../../../packages/local/cli/describe-log-line.ts';

const structured = (fields: object) =>
  JSON.stringify({ timestamp: '2026-11-21T00:27:37.489Z', service: 'chat', sampling_rate: 0, ...fields });

describe('describeLogLine', () => {
  it.each(['hello', '', '{cut off', '{"no":"level"}', '{"level":"INFO"}', '[1]', '{"level":5,"message":"x"}'])(
    'shows %j unchanged and as not ordinary',
    (line) => expect(describeLogLine(line)).toEqual({ text: line, isOrdinary: false }),
  );

  it('shows the level, the message and the own fields of a structured line', () => {
    const line = structured({ level: 'WARN', message: 'Refused', code: 'MESSAGE_INVALID', rules: ['type'] });
    expect(describeLogLine(line)).toEqual({
      text: 'WARN Refused code=MESSAGE_INVALID rules=["type"]',
      isOrdinary: false,
    });
  });

  it.each(['TRACE', 'DEBUG', 'INFO', 'info'])('calls a line of level %s ordinary', (level) => {
    expect(describeLogLine(structured({ level, message: 'Handled' })).isOrdinary).toBe(true);
  });

  it.each(['WARN', 'ERROR', 'CRITICAL'])('calls a line of level %s not ordinary', (level) => {
    expect(describeLogLine(structured({ level, message: 'x' })).isOrdinary).toBe(false);
  });

  it('calls metrics ordinary', () => {
    expect(describeLogLine('{"_aws":{"Timestamp":1},"Delivered":1}').isOrdinary).toBe(true);
  });
});
