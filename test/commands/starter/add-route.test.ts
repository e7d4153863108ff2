import { describe, expect, it } from '@jest/globals';
import { addRoute } from '../../../commands/starter/add-route.ts';
import { initialize } from '../../../commands/starter/initialize.ts';
import { aCdkApp, readIn } from './a-project.ts';

const anInitializedApp = (): string => {
  const folder = aCdkApp();
  initialize(folder);
  return folder;
};

describe('addRoute', () => {
  it('writes schema, handler and test, and the line in the stack', () => {
    const folder = anInitializedApp();
    expect(addRoute(folder, 'blow-kiss')).toBe(`Written:
  handlers/blow-kiss.validator.ts
  handlers/blow-kiss.ts
  test/blow-kiss.test.ts
Changed:
  lib/chat-stack.ts
Next:
  npm test
  npm run local
`);
    expect(readIn(folder, 'lib/chat-stack.ts')).toContain(`    chat.addRoute('send-message', { can: ['broadcast'] });
    chat.addRoute('blow-kiss', { can: ['broadcast'] });
`);
    expect(readIn(folder, 'handlers/blow-kiss.validator.ts')).toMatch(
      /const blowKiss =[\s\S]*action: \{ const: 'blow-kiss' \}/,
    );
    expect(readIn(folder, 'handlers/blow-kiss.ts')).toContain("import { blowKiss } from './blow-kiss.validator';");
  });

  it.each(['delete', 'handler', 'test'])('writes code that compiles for a route called %s', (name) => {
    const folder = anInitializedApp();
    addRoute(folder, name);
    expect(readIn(folder, `handlers/${name}.ts`)).toContain(`import { ${name}Message } from './${name}.validator';`);
  });

  it('prints the line if its place is not clear', () => {
    const folder = aCdkApp({ 'lib/a.ts': "new FanOutApi(this, 'A', { handlers: bundleSync('src/routes/*.ts') });" });
    expect(addRoute(folder, 'wave')).toContain(`Written:
  src/routes/wave.validator.ts
  src/routes/wave.ts
  test/wave.test.ts
Add the route to your stack. No file was changed, because the place is not clear:
  chat.addRoute('wave', { can: ['broadcast'] });
`);
    expect(readIn(folder, 'test/wave.test.ts')).toContain("from '../src/routes/wave'");
    const two = aCdkApp({
      'lib/a.ts': "const a = new FanOutApi(this, 'A', p);\n",
      'lib/b.ts': "const b = new FanOutApi(this, 'B', p);\n",
    });
    expect(addRoute(two, 'wave')).toContain('Add the route to your stack.');
  });

  it.each([
    ['../x', /^A route's name is also that of its files: .* got "\.\.\/x"$/],
    ['1st', /got "1st"$/],
    [
      'Fan-Out',
      'The framework has a handler "fan-out" already: choose another name, or write handlers/fan-out.ts to replace it',
    ],
    ['send-message', 'lib/chat-stack.ts adds a route "send-message" already: choose another name'],
    ['mine', 'handlers/mine.ts is there already: choose another name for the route'],
  ])('refuses the name %s, and writes nothing', (name, message) => {
    const folder = aCdkApp({ 'handlers/mine.ts': '' });
    initialize(folder);
    const stack = readIn(folder, 'lib/chat-stack.ts');
    expect(() => addRoute(folder, name)).toThrow(message);
    expect(readIn(folder, 'lib/chat-stack.ts')).toBe(stack);
  });

  it('says what to run first in an application without a FanOutApi', () => {
    const ignored = { 'node_modules/a/b.ts': 'new FanOutApi(', 'cdk.out/c.ts': 'new FanOutApi(' };
    expect(() => addRoute(aCdkApp(ignored), 'wave')).toThrow(
      'No source file in this folder makes a FanOutApi: run "middy-fanout init" first',
    );
  });
});
