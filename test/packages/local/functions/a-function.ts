import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { LambdaFunction } from '../../../../packages/local/model/application.ts';
import { PATIENCE_MS } from '../../../support/until.ts';

/** Creates a folder with these files, in place of an asset. Returns its path. */
export const anAsset = (files: Readonly<Record<string, string>>): string => {
  const folder = mkdtempSync(join(tmpdir(), 'asset-'));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
};

/** A function whose code is an ES module with this text, unless `files` has other code. */
export const aFunction = ({
  code = 'export const handler = async () => null;',
  files = { 'index.mjs': code },
  ...rest
}: Partial<LambdaFunction> & { code?: string; files?: Record<string, string> } = {}): LambdaFunction => ({
  logicalId: 'Echo',
  functionName: 'echo',
  arn: `arn:aws:lambda:us-east-1:123456789012:function:${rest.functionName ?? 'echo'}`,
  runtime: 'nodejs24.x',
  handler: 'index.handler',
  codePath: rest.codePath ?? anAsset(files),
  environment: {},
  timeoutMs: PATIENCE_MS,
  memoryMb: 128,
  recursiveLoop: 'Terminate',
  roleArn: 'arn:aws:iam::123456789012:role/EchoRole',
  ...rest,
});
