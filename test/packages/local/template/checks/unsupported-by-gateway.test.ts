import { expect, it } from '@jest/globals';
import { startGateway } from '../../../../../packages/local/gateway/start-gateway.ts';
import type { WebSocketApi } from '../../../../../packages/local/model/application.ts';
import { unsupportedByGateway } from '../../../../../packages/local/template/checks/unsupported-by-gateway.ts';

const api: WebSocketApi = {
  logicalId: 'Chat',
  apiId: 'abcdefghij',
  name: 'chat',
  routeSelectionExpression: '$context.routeKey',
  mappings: [],
  stages: [],
  routes: [
    {
      routeKey: 'ping',
      twoWay: true,
      authorizer: { logicalId: 'Auth', functionName: 'auth', identitySources: ['method.request.header.X'] },
      integration: {
        type: 'mock',
        requestTemplates: { $default: '#set($a = 1)' },
        responses: [
          { key: '/(/', responseTemplates: {} },
          { key: '200', responseTemplates: {} },
          { key: '$default', templateSelectionExpression: '$integration.response.body.x', responseTemplates: {} },
        ],
      },
    },
  ],
};

it('names each feature that is not run here, with its route', () => {
  expect(unsupportedByGateway(api)).toEqual([
    expect.stringContaining('the API chat: selection expression "$context.routeKey"'),
    expect.stringContaining('the route ping: Invalid regular expression'),
    'the route ping: the integration response key "200" is neither $default nor a pattern such as /200/',
    'the route ping: its mapping template "$default" uses #set, which is not run here',
    'the route ping: its mapping template "$default" uses $a, which is not run here',
    expect.stringContaining('the route ping: selection expression "$integration.response.body.x"'),
    expect.stringContaining('the route ping: Currently, authorization is restricted to the $connect route only'),
    expect.stringContaining('the authorizer Auth: the identity source method.request.header.X'),
  ]);
});

it('stops the gateway from starting', async () => {
  const never = (): never => {
    throw new Error('not called');
  };
  const start = startGateway({
    api,
    region: 'eu-central-1',
    accountId: '123456789012',
    host: '127.0.0.1',
    port: 0,
    invoker: { invoke: never },
    keyring: { find: never },
    authority: { decide: never },
    clock: { now: () => 0, after: () => () => {} },
  });
  await expect(start).rejects.toThrow('chat cannot run here');
});
