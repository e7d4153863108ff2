import { expect, it } from '@jest/globals';
import { checkNode } from '../../schemas/check-node.ts';

it.each(['18.20.8', '20.20.2', '22.21.9'])('refuses Node %s, and says what is needed and what to do', (version) => {
  expect(() => checkNode('bundle', version)).toThrow(
    `bundle: expected Node 22.22 or newer, got ${version}. Install Node 24: "nvm install 24", or https://nodejs.org`,
  );
});

it.each(['22.22.0', '23.0.0', '24.21.0', process.versions.node])('takes Node %s', (version) => {
  expect(() => checkNode('bundle', version)).not.toThrow();
});
