import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { until } from '../../../support/until.ts';
import { aFunction } from './a-function.ts';
import { start, stopFunctions } from './start-for-test.ts';

const receivers: Server[] = [];
afterEach(async () => {
  await stopFunctions();
  for (const server of receivers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** Starts two functions with the same code. While the second runs, the first would go on too if it were not frozen. */
const startTwo = (code: string) => {
  const awake = aFunction({ functionName: 'awake', code });
  const two = start({ code }, { functions: [aFunction({ code }), awake] });
  return { ...two, invokeAwake: (event: unknown) => two.functions.invoke('awake', event) };
};

/**
 * Starts a server that records the paths of its requests. `posting` is code for a function: `post(path, agent)` sends a
 * request with the agent `keptAlive` or `single`.
 */
const startReceiver = async () => {
  const paths: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    paths.push(request.url);
    response.end('ok');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const posting = `import { Agent, request } from 'node:http';
    const keptAlive = new Agent({ keepAlive: true });
    const single = new Agent({ keepAlive: false });
    const post = (path, agent = keptAlive) => new Promise((resolve, reject) => request({ port: ${port}, host: '127.0.0.1', path, agent }, (response) => response.resume().on('end', resolve)).on('error', reject).end());`;
  receivers.push(server);
  return { paths, server, posting };
};

describe('a frozen function', () => {
  it('runs the timers that became due before its next event', async () => {
    const { invoke } = start({
      code: `let isDue = false; export const handler = async ({ sets }) => {
        if (!sets) return isDue;
        setTimeout(() => { isDue = true; }, 1);
        for (const endsAt = Date.now() + 5; Date.now() < endsAt;); };`,
    });
    await invoke({ sets: true });
    await expect(invoke()).resolves.toMatchObject({ payload: true });
  });

  it('detects that a connection was closed before its next event', async () => {
    const { paths, server, posting } = await startReceiver();
    const closed = new Promise((resolve) => server.once('connection', (socket) => socket.once('close', resolve)));
    const { invoke } = start({ code: `${posting} export const handler = ({ path }) => post(path);` });
    await invoke({ path: '/1' });
    server.closeAllConnections();
    await closed;
    await expect(invoke({ path: '/2' })).resolves.toMatchObject({ ok: true });
    expect(paths).toEqual(['/1', '/2']);
  });

  it('does not go on with its timers until the next event, and the log warns of it', async () => {
    // A timer of this chain fires in each turn of the event loop, however long a turn takes.
    const { invoke, invokeAwake, warnings } = startTwo(`let fired = 0;
      const fire = () => { fired += 1; setTimeout(fire, 1); };
      export const handler = async ({ times = 0 }) => {
        if (fired === 0) fire();
        const firedBefore = fired;
        while (fired < times) await new Promise((resolve) => setTimeout(resolve, 1));
        return firedBefore; };`);
    await invoke();
    await invokeAwake({ times: 50 });
    const next = await invoke({ times: 50 });
    expect(next.ok && next.payload).toBeLessThan(10);
    expect(warnings()).toContainEqual(expect.stringMatching(/^echo answered with 1 timer still running\. .*await it$/));
  });

  it('sends a post that was not awaited with the next event, and the log warns of it but not of an awaited one', async () => {
    const { paths, posting } = await startReceiver();
    const { invoke, invokeAwake, warnings } = startTwo(`${posting}
      export const handler = async ({ path, awaited }) => { if (awaited) await post(path); else (async () => { for (let i = 0; i < 20; i += 1) await null; await post(path); })(); };`);
    await invoke({ path: '/awaited', awaited: true });
    await invoke({ path: '/awaited', awaited: true });
    expect(warnings()).toEqual([]);
    await invoke({ path: '/lost' });
    await until(() => warnings().length > 0);
    expect(warnings()).toEqual([expect.stringMatching(/^echo answered with a request still running/)]);
    await invokeAwake({ path: '/awake', awaited: true });
    await invokeAwake({ path: '/awake', awaited: true });
    expect(paths).toEqual(['/awaited', '/awaited', '/awake', '/awake']);
    await invoke({ path: '/next', awaited: true });
    expect(paths.sort()).toEqual(['/awaited', '/awaited', '/awake', '/awake', '/lost', '/next']);
  });

  it('causes a warning about a request without keep-alive only if it was not awaited', async () => {
    const { posting } = await startReceiver();
    const { invoke, warnings } = start({
      code: `${posting}
        export const handler = async ({ awaited }) => { const posted = post('/', single); if (awaited) await posted; };`,
    });
    await invoke({ awaited: true });
    await invoke({ awaited: true });
    expect(warnings()).toEqual([]);
    await invoke({ awaited: false });
    await until(() => warnings().length > 0);
    expect(warnings()).toEqual([expect.stringMatching(/^echo answered with 1 socket still running/)]);
  });

  it('causes no warning about a child process that has ended', async () => {
    const { invoke, warnings } = start({
      code: `import { spawn } from 'node:child_process';
        export const handler = () => new Promise((resolve) => spawn('true').on('close', resolve));`,
    });
    await expect(invoke()).resolves.toMatchObject({ payload: 0 });
    await invoke();
    expect(warnings()).toEqual([]);
  });

  it('is frozen when the event loop is empty if a callback handler up to nodejs22.x waits for it', async () => {
    const { invoke, lines } = start({
      runtime: 'nodejs22.x',
      code: `export const handler = (event, context, callback) => {
        if (event.freeze) context.callbackWaitsForEmptyEventLoop = false;
        let turns = 20; // of the event loop: a freeze takes one
        const turn = () => { turns -= 1; if (turns > 0) setTimeout(turn, 1); else console.log(event.name); };
        turn(); callback(null, event.name); };`,
    });
    await expect(invoke({ name: 'waited' })).resolves.toMatchObject({ payload: 'waited' });
    expect(lines()).toEqual(['waited']);
    await expect(invoke({ name: 'frozen', freeze: true })).resolves.toMatchObject({ payload: 'frozen' });
    expect(lines()).toEqual(['waited']);
    await expect(invoke({ name: 'last' })).resolves.toMatchObject({ payload: 'last' });
    expect(lines()).toEqual(['waited', 'frozen', 'last']);
  });

  it('answers null up to nodejs22.x if its handler neither calls back nor returns a promise', async () => {
    const { invoke } = start({ runtime: 'nodejs20.x', code: 'export const handler = () => 7;' });
    await expect(invoke()).resolves.toMatchObject({ ok: true, payload: null });
    await expect(invoke()).resolves.toMatchObject({ ok: true, payload: null });
  });
});

describe('a function that calls a host of AWS', () => {
  it('calls the local service in its place, and the log warns of a host without one', async () => {
    const server = createServer((request, response) => response.end(`${request.headers.host}${request.url}`));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const { invoke, warnings } = start(
      {
        code: `import https from 'node:https'; export const handler = async ({ url, client }) => client === 'fetch' ? (await fetch(url)).text() : new Promise((resolve, reject) => https.get(url, (response) => response.setEncoding('utf8').on('data', resolve)).on('error', reject));`,
      },
      { hosts: new Map([['abc.execute-api.us-east-1.amazonaws.com', `127.0.0.1:${port}`]]) },
    );
    const url = 'https://abc.execute-api.us-east-1.amazonaws.com/production/x';
    const payload = 'abc.execute-api.us-east-1.amazonaws.com/production/x';
    await expect(invoke({ url })).resolves.toMatchObject({ payload });
    await expect(invoke({ url, client: 'fetch' })).resolves.toMatchObject({ payload });
    await expect(invoke({ url: 'https://sts.us-east-1.amazonaws.com/' })).resolves.toMatchObject({
      error: { errorMessage: 'The local run has no sts.us-east-1.amazonaws.com' },
    });
    expect(warnings()).toContain('echo called sts.us-east-1.amazonaws.com, which the local run does not have');
    server.closeAllConnections();
    server.close();
  });
});
