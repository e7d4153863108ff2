import { expect, it } from '@jest/globals';
import { Template } from 'aws-cdk-lib/assertions';
import { Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { broadcastRecordSchema } from '../../schemas/broadcast-record.ts';
import { compileValidator } from '../../schemas/validation/compile-validator.ts';
import { aStack, someHandlers } from '../infra/a-stack.ts';

it('the rule of examples/README.md sends EventBridge events as valid broadcast records', async () => {
  const { stack, chat } = aStack({ handlers: await someHandlers() }, ({ node, queues }) => {
    const message = RuleTargetInput.fromObject({ v: 1, data: 'Lunch is ready' });
    new Rule(node.scope ?? queues, 'Noon', {
      schedule: Schedule.cron({ hour: '12', minute: '0' }),
      targets: [new SqsQueue(queues.queue, { message })],
    });
  });
  const [rule] = Object.values(Template.fromStack(stack).findResources('AWS::Events::Rule'));
  const target = rule?.Properties.Targets[0];
  expect(target.Arn).toEqual(stack.resolve(chat.queues.queue.queueArn));
  expect(compileValidator(broadcastRecordSchema)(JSON.parse(target.Input))).toBe(true);
});
