import { describe, expect, it } from '@jest/globals';
import { readApplication } from '../../../../packages/local/template/read-application.ts';
import { aChat, anAssembly } from './an-assembly.ts';

const outputsOf = (Outputs: Record<string, { Value: unknown; Condition?: string }>, rest = {}) => {
  const cdkOut = anAssembly(aChat({ Outputs, ...rest }));
  return readApplication({ cdkOut, sqsUrl: 'http://127.0.0.1:9324' }).application.outputs;
};

describe("an application's outputs", () => {
  it('are resolved, by stack', () => {
    const Resources = { Queue: { Type: 'AWS::SQS::Queue' } };
    const Value = { 'Fn::Join': ['', ['<', { Ref: 'Queue' }, '>']] };
    expect(outputsOf({ Marked: { Value } }, { Resources })).toEqual({
      Chat: { Marked: '<http://127.0.0.1:9324/123456789012/Chat-Queue>' },
    });
  });

  it('leave out unknown values and outputs whose condition does not hold, without an error', () => {
    const Conditions = { Never: { 'Fn::Equals': ['a', 'b'] } };
    const outputs = outputsOf(
      {
        Kept: { Value: 'yes' },
        Unknown: { Value: { 'Fn::GetAtt': ['Missing', 'Arn'] } },
        Hidden: { Value: 'no', Condition: 'Never' },
      },
      { Conditions },
    );
    expect(outputs).toEqual({ Chat: { Kept: 'yes' } });
  });
});
