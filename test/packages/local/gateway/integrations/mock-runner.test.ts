import { describe, expect, it } from '@jest/globals';
import type { IntegrationOutcome } from '../../../../../packages/local/gateway/integrations/integration-outcome.ts';
import { type MockIntegration, mockRunner } from '../../../../../packages/local/gateway/integrations/mock-runner.ts';

const mock = (facts: Partial<MockIntegration>): MockIntegration => ({
  type: 'mock',
  requestTemplates: {},
  responses: [],
  ...facts,
});
const run = (integration: MockIntegration, body = '{"action":"ping"}'): IntegrationOutcome =>
  mockRunner(integration)({ context: { connectionId: 'C=' }, stageVariables: {}, body });
const STATUS = { requestTemplates: { '200': '{"statusCode":200}' }, templateSelectionExpression: '200' };

describe('mockRunner', () => {
  it('answers a ping with the connection id', () => {
    const responses = [
      {
        key: '$default',
        templateSelectionExpression: '200',
        responseTemplates: { '200': '{"id":"$context.connectionId"}' },
      },
    ];
    expect(run(mock({ ...STATUS, responses }))).toMatchObject({
      kind: 'answered',
      result: { statusCode: 200, body: '{"id":"C="}' },
    });
  });

  it("uses the application/json template without a selection expression, as in the CDK's examples", () => {
    const requestTemplates = { 'application/json': '{"statusCode": 204}' };
    const answer = run(mock({ requestTemplates, responses: [{ key: '$default', responseTemplates: {} }] }));
    expect(answer).toEqual({ kind: 'answered', result: { statusCode: 204, headers: new Map() } });
  });

  it('selects the integration response by a pattern of the status code', () => {
    const requestTemplates = { $default: '{"statusCode": 404}' };
    const responses = [
      { key: String.raw`/2\d\d/`, responseTemplates: { $default: 'fine' } },
      { key: '/404/', responseTemplates: { $default: 'none' } },
    ];
    expect(run(mock({ requestTemplates, responses }))).toMatchObject({ result: { body: 'none' } });
  });

  it('selects the request template by the message', () => {
    const integration = mock({
      templateSelectionExpression: '$request.body.kind',
      requestTemplates: { a: '{"statusCode": 200}', $default: '{"statusCode": 500}' },
      responses: [{ key: '$default', responseTemplates: {} }],
    });
    expect(run(integration, '{"kind":"a"}')).toMatchObject({ result: { statusCode: 200 } });
    expect(run(integration, '{"kind":"b"}')).toMatchObject({ result: { statusCode: 500 } });
  });

  it('uses the first integration response whose pattern matches, in any order with $default', () => {
    const requestTemplates = { $default: '{"statusCode": 404}' };
    const responses = ['$default', '/4../', '/404/'].map((key) => ({ key, responseTemplates: { $default: key } }));
    expect(run(mock({ requestTemplates, responses }))).toMatchObject({ result: { body: '/4../' } });
  });

  it('is compiled before its first request', () => {
    const integration = mock({ ...STATUS, responses: [{ key: '$default', responseTemplates: { $default: 'once' } }] });
    const compiled = mockRunner(integration);
    Object.assign(integration.responses[0]?.responseTemplates ?? {}, { $default: 'anew' });
    expect(compiled({ context: {}, stageVariables: {}, body: '' })).toMatchObject({
      result: { body: 'once' },
    });
    expect(() => mockRunner(mock({ responses: [{ key: '200', responseTemplates: {} }] }))).toThrow('"200" is neither');
  });

  it('fails for a status code that would open or hold a handshake', () => {
    const responses = [{ key: '$default', responseTemplates: {} }];
    for (const statusCode of ['101', '"x"', '600', 'null']) {
      const requestTemplates = { $default: `{"statusCode": ${statusCode}}` };
      expect(run(mock({ requestTemplates, responses }))).toMatchObject({ kind: 'failed' });
    }
  });

  it('fails without an integration response or a status code', () => {
    expect(run(mock(STATUS))).toMatchObject({
      kind: 'failed',
      why: expect.stringContaining('no integration response for 200'),
    });
    expect(run(mock({ responses: [{ key: '$default', responseTemplates: {} }] }))).toMatchObject({
      kind: 'failed',
      why: expect.stringContaining('statusCode'),
    });
  });
});
