import { expect, it } from '@jest/globals';
import { stopInReverse } from '../../../../packages/local/run/stop-in-reverse.ts';

it('stops every part, the last started first, then throws the errors', async () => {
  const stopped: string[] = [];
  const stops = ['engines', 'gateways', 'functions', 'reports'].map((name) => async () => {
    stopped.push(name);
    if (name === 'gateways' || name === 'reports') throw new Error(`${name} hang`);
  });
  await expect(stopInReverse(stops)).rejects.toThrow('reports hang; gateways hang');
  expect(stopped).toEqual(['reports', 'functions', 'gateways', 'engines']);
});
