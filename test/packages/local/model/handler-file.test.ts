import { describe, expect, it } from '@jest/globals';
import { handlerParts, handlerProblem } from '../../../../packages/local/model/handler-file.ts';
import { anAsset } from '../functions/a-function.ts';

const problemOf = (handler: string, names: readonly string[], runtime = 'nodejs24.x') =>
  handlerProblem(anAsset(Object.fromEntries(names.map((name) => [name, '']))), handler, runtime);

describe("a handler's name", () => {
  it.each([
    ['index.handler', { folder: '', module: 'index', exportName: 'handler' }],
    ['src/api/chat.routes.connect', { folder: 'src/api/', module: 'chat', exportName: 'routes.connect' }],
    ['v1.2/chat.handler', { folder: 'v1.2/', module: 'chat', exportName: 'handler' }],
    ['/var/task/sub/h.handler', { folder: 'sub/', module: 'h', exportName: 'handler' }],
    ['/sub/h.handler', { folder: '/sub/', module: 'h', exportName: 'handler' }],
    ['handler', undefined],
  ])('%s is split as by Lambda', (handler, parts) => expect(handlerParts(handler)).toEqual(parts));

  it.each([
    ['index.handler', ['index.mjs']],
    ['sub/h.handler', ['sub/h.js']],
    ['/var/task/sub/h.handler', ['sub/h.cjs']],
    ['a b.handler', ['a b.mjs']],
    ['x.handler', ['x']],
    ['pkg.handler', ['node_modules/pkg/index.js']],
  ])('%s is loaded from %j', (handler, names) => expect(problemOf(handler, names)).toBeUndefined());

  it.each([
    ['../x.handler', ['x.mjs'], 'is not a valid name', 'FOLDER/FILE.EXPORT'],
    ['handler', ['handler.mjs'], 'is not a valid name', 'FILE.EXPORT'],
    ['.handler', ['index.mjs'], 'is not a valid name', 'FILE.EXPORT'],
    ['/sub/h.handler', ['sub/h.mjs'], 'outside of its code', 'Call it sub/h.handler'],
    ['chat.send.handler', ['chat.send.mjs'], 'is not in', 'chat.mjs, .js or .cjs'],
    ['x.handler', ['x.mjs', 'x/a.txt'], 'takes the folder x/, not x.mjs', 'Rename the folder'],
    ['x.handler', ['x.js', 'x/a.txt'], 'takes the folder x/, not x.js', 'Rename the folder'],
    ['x.handler', ['x/index.js'], 'takes the folder x/', 'Rename the folder'],
    ['a%20b.handler', ['a%20b.mjs'], 'imports a%20b.mjs as a URL', 'without %, ?, # and \\'],
    ['d#/b.handler', ['d#/b.js'], 'imports d#/b.js as a URL', 'without %'],
  ])('%s is not loaded from %j', (handler, names, why, remedy) => {
    const expected = { why: expect.stringContaining(why), remedy: expect.stringContaining(remedy) };
    expect(problemOf(handler, names)).toEqual(expected);
  });

  it.each([
    ['x.handler', ['x.js', 'x/a.txt']],
    ['x.handler', ['x/index.js']],
    ['a%20b.handler', ['a%20b.js']],
  ])('%s is required from %j up to nodejs22.x', (handler, names) =>
    expect(problemOf(handler, names, 'nodejs22.x')).toBeUndefined(),
  );

  it.each([
    ['x.handler', ['x.mjs', 'x/a.txt']],
    ['a%20b.handler', ['a%20b.mjs']],
  ])('%s is not loaded from %j up to nodejs22.x either', (handler, names) =>
    expect(problemOf(handler, names, 'nodejs22.x')).toBeDefined(),
  );
});
