import { expect, it } from '@jest/globals';
import type { Application } from '../../../../packages/local/model/application.ts';
import { findRestartReasons } from '../../../../packages/local/run/find-restart-reasons.ts';

const application = (userPools: object[]) =>
  ({ apis: [], eventSources: [], tables: [], userPools }) as unknown as Application;

it('asks for a restart if the user pools change, because the issuer of their tokens does not', () => {
  const pool = { id: 'us-east-1_AbCdEfGhI', clientIds: ['a'] };
  expect(findRestartReasons(application([pool]), application([{ ...pool }]))).toEqual([]);
  expect(findRestartReasons(application([pool]), application([{ ...pool, clientIds: ['b'] }]))).toEqual([
    'The user pools have changed: restart',
  ]);
});
