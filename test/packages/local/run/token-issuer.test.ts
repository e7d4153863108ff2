import { afterEach, describe, expect, it } from '@jest/globals';
import { buildSync } from 'esbuild';
import { type LocalRun, startLocal } from '../../../../packages/local/run/start-local.ts';
import type { StartLocalOptions } from '../../../../packages/local/run/start-options.ts';
import { PATIENCE_MS } from '../../../support/until.ts';
import { openTerminal } from '../../../transcripts/player/open-terminal.ts';
import { ANSWERING, aChat, aFunction, anAssembly } from '../template/an-assembly.ts';

/** An authorizer's code, as its authors write it. Answers with the claims of the token that it is sent. */
const bundle = (contents: string): string => {
  const [file] = buildSync({
    ...{ stdin: { contents, resolveDir: process.cwd() }, bundle: true, write: false },
    ...{ platform: 'node', format: 'cjs' },
  }).outputFiles;
  return file?.text ?? '';
};
const VERIFYING = bundle(`
  import { CognitoJwtVerifier } from 'aws-jwt-verify';
  const { USER_POOL_ID: userPoolId, CLIENT_ID: clientId } = process.env;
  const verifier = CognitoJwtVerifier.create({ userPoolId, clientId, tokenUse: null });
  export const handler = async ({ body }) => {
    try {
      return { statusCode: 200, body: JSON.stringify(await verifier.verify(body)) };
    } catch ({ message }) {
      return { statusCode: 200, body: message };
    }
  };`);
const POOL = {
  Users: { Type: 'AWS::Cognito::UserPool' },
  Web: { Type: 'AWS::Cognito::UserPoolClient', Properties: { UserPoolId: { Ref: 'Users' } } },
};
const anApplication = (USER_POOL_ID: unknown, CLIENT_ID: unknown, resources: object = POOL) => {
  const Environment = { Variables: { USER_POOL_ID, CLIENT_ID } };
  const Resources = { ...ANSWERING, ...resources, ...aFunction({ Environment }) };
  return anAssembly(aChat({ files: { 'code/index.cjs': VERIFYING }, Resources }));
};

const runs: LocalRun[] = [];
const start = async (cdkOut: string, options: Partial<StartLocalOptions> = { issueTokens: true }) => {
  const run = await startLocal({ cdkOut, ...options });
  runs.push(run);
  const client = await openTerminal({ url: run.ready.apis[0]?.webSocketUrl ?? '', timeoutMs: PATIENCE_MS });
  return {
    run,
    tokenOf: (query: string) => fetch(`${run.ready.tokenUrl}?${query}`),
    verify: async (token: string) => {
      client.type(token);
      return client.next(PATIENCE_MS);
    },
  };
};
afterEach(async () => {
  await Promise.all(runs.splice(0).map((run) => run.stop()));
});

describe('tokens that the local run issues', () => {
  it('are accepted by the verifier of a function, which needs no --ignore for the user pool', async () => {
    const { tokenOf, verify } = await start(anApplication({ Ref: 'Users' }, { Ref: 'Web' }));
    const token = await (await tokenOf('sub=ada&groups=admins,users')).text();
    expect(JSON.parse((await verify(token)) ?? '')).toMatchObject({
      ...{ sub: 'ada', username: 'ada', token_use: 'access', 'cognito:groups': ['admins', 'users'] },
    });
    const idToken = await (await tokenOf('use=id&email=ada@example.com&custom:team=blue')).text();
    expect(JSON.parse((await verify(idToken)) ?? '')).toMatchObject({
      ...{ token_use: 'id', email: 'ada@example.com', 'custom:team': 'blue' },
    });
    expect(await verify(`${token.slice(0, -8)}AAAAAAAA`)).toBe('Invalid signature');
  });

  it('are of the pool that the developer names, or that another application has', async () => {
    const values = { Users: 'eu-west-1_AbCdEfGhI', Web: 'a-client' };
    const given = await start(anApplication({ Ref: 'Users' }, { Ref: 'Web' }), { issueTokens: true, values });
    const claims = JSON.parse((await given.verify(await (await given.tokenOf('')).text())) ?? '');
    expect(claims).toMatchObject({
      iss: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI',
      client_id: 'a-client',
    });
    const imported = await start(anApplication('us-west-2_123456789', 'other', {}));
    const token = await (await imported.tokenOf('client=other')).text();
    expect(JSON.parse((await imported.verify(token)) ?? '').iss).toMatch(/us-west-2_123456789$/);
  });

  it('are refused for a pool and a use that do not exist', async () => {
    const { run, tokenOf } = await start(anApplication('us-west-2_123456789', 'other', {}));
    const answers = await Promise.all(['pool=x', 'use=refresh'].map((query) => tokenOf(query)));
    expect(answers.map(({ status }) => status)).toEqual([400, 400]);
    expect(await answers[0]?.text()).toBe('pool: expected us-west-2_123456789, got x\n');
    expect(run.ready.tokenUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/token$/);
  });

  it('are not there unless they are asked for', async () => {
    const { run, verify } = await start(anApplication({ Ref: 'Users' }, { Ref: 'Web' }), { ignore: ['Users', 'Web'] });
    expect(run.ready.tokenUrl).toBeUndefined();
    expect((await fetch(new URL('/token', run.ready.apis[0]?.connectionsUrl))).status).toBe(403);
    expect(await verify('e30.e30.e30')).not.toContain('sub');
  });

  it('leave a function the keys of a pool that exists', async () => {
    const code = `const https = require('node:https');
      const lookup = (host, options, callback) => callback(new Error('looked up ' + host));
      exports.handler = ({ body: host }) => new Promise((resolve) => {
        https.get({ host, lookup }).on('error', ({ message }) => resolve({ statusCode: 200, body: message }));
      });`;
    const Environment = { Variables: { USER_POOL_ID: { Ref: 'Users' } } };
    const Resources = { ...ANSWERING, ...POOL, ...aFunction({ Environment }) };
    const cdkOut = anAssembly(aChat({ files: { 'code/index.cjs': code }, Resources }));
    const { verify: ask } = await start(cdkOut, { values: { Users: 'eu-west-1_AbCdEfGhI' }, ignore: ['Web'] });
    const hosts = ['cognito-idp.eu-west-1.amazonaws.com', 'cognito-idp.us-east-1.amazonaws.com'];
    expect(await ask(hosts[0] ?? '')).toBe(`looked up ${hosts[0]}`);
    expect(await ask(hosts[1] ?? '')).toBe(`The local run has no ${hosts[1]}`);
  });

  it('need a user pool', async () => {
    await expect(start(anAssembly(aChat()))).rejects.toThrow(
      'The application has no user pool of Amazon Cognito, so there are no tokens to issue: leave out --issue-tokens',
    );
  });
});
