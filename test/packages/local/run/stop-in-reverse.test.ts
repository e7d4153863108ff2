import { expect, it } from '@jest/globals';
import { endAll } from '../../../../packages/local/run/end-all.ts';

it('ends everything, the last begun first, and says afterwards what could not be ended', async () => {
  const ended: string[] = [];
  const begun = ['engines', 'gateways', 'functions', 'reports'].map((name) => async () => {
    ended.push(name);
    if (name === 'gateways' || name === 'reports') throw new Error(`${name} hang`);
  });
  await expect(endAll(begun)).rejects.toThrow('reports hang; gateways hang');
  expect(ended).toEqual(['reports', 'functions', 'gateways', 'engines']);
});
