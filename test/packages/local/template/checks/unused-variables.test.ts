import { expect, it } from '@jest/globals';
import { aChat, aFunction } from '../an-assembly.ts';
import { read } from '../read-for-test.ts';

it('names a wrapper, and options of a process that do more than tune its memory', () => {
  const NODE_OPTIONS = '--use-openssl-ca --enable-source-maps --max-semi-space-size=4 --max-old-space-size=64';
  const Variables = { AWS_LAMBDA_EXEC_WRAPPER: '/opt/wrapper', NODE_OPTIONS };
  expect(read(aChat({ Resources: aFunction({ Environment: { Variables } }) })).notices).toEqual([
    'Chat-Echo has NODE_OPTIONS=--use-openssl-ca, which does nothing here: all functions are one process',
    'Chat-Echo has AWS_LAMBDA_EXEC_WRAPPER=/opt/wrapper, which does not run here: the function runs without it',
  ]);
});
