import { expect, it } from '@jest/globals';
import { checkOpenFiles } from '../../../../packages/load/input/check-open-files.ts';

it('refuses more connections than a process may open, with the limit and the command that raises it', () => {
  expect(() => checkOpenFiles(5_000, 1_024)).toThrow(
    /5000 connections .* need 5064 open files .* allows 1024: run "ulimit -n 5064"/,
  );
});

it('takes as many as the limit leaves room for', () => {
  expect(() => checkOpenFiles(960, 1_024)).not.toThrow();
  expect(() => checkOpenFiles(10)).not.toThrow();
});
