import { expect, it } from '@jest/globals';
import { aStack, someHandlers } from '../a-stack.ts';

it('logs the events of a stage for 30 days, without connection ids, if accessLogs is true', async () => {
  const { template } = aStack({ handlers: await someHandlers(), accessLogs: true });
  const [[, stage] = []] = Object.entries(template.findResources('AWS::ApiGatewayV2::Stage'));
  const logs = Object.entries(template.findResources('AWS::Logs::LogGroup')).filter(([id]) =>
    id.includes('AccessLogs'),
  );
  expect(logs).toHaveLength(1);
  expect(logs[0]?.[1]).toMatchObject({ Properties: { RetentionInDays: 30 }, DeletionPolicy: 'Delete' });
  const { DestinationArn, Format } = stage?.Properties.AccessLogSettings ?? {};
  expect(JSON.stringify(DestinationArn)).toContain(`"${logs[0]?.[0]}"`);
  expect(JSON.parse(Format)).toMatchObject({ routeKey: '$context.routeKey', requestId: '$context.requestId' });
  expect(Format).not.toContain('connectionId');
});
