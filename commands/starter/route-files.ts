import { UsageError } from '../../packages/command-line/command.ts';
import type { Project } from './read-project.ts';

/** Files to write: the path of each from the project's folder, and its content. */
export type Files = Readonly<Record<string, string>>;

/** The framework has handlers of these names, for `$connect`, `$disconnect`, `$default` and the broadcast queue. */
const OF_FRAMEWORK = ['connect', 'disconnect', 'default', 'fan-out'];
/** Lambda and every file system accept such a name for a file. */
const NAME = /^[A-Za-z][A-Za-z0-9_-]{0,99}$/;

/** @throws {UsageError} If a route cannot have this name. The message says which names are allowed. */
export const checkRouteName = (name: string): void => {
  if (!NAME.test(name))
    throw new UsageError(
      `A route's name is also that of its files: expected 1 to 100 letters, digits, "-" and "_", a letter first, such as wave, got ${JSON.stringify(name)}`,
    );
  if (OF_FRAMEWORK.includes(name.toLowerCase()))
    throw new UsageError(
      `The framework has a handler "${name.toLowerCase()}" already: choose another name, or write handlers/${name.toLowerCase()}.ts to replace it`,
    );
};

/**
 * A route that sends the text of one client to all the others: its schema, its handler and its test.
 * @param name See {@link checkRouteName}.
 * @param handlers The folder of the handlers, `handlers`.
 */
export const routeFiles = (name: string, handlers: string, project: Project): Files => {
  const { extension, testFolder } = project;
  const schema = identifierOf(name);
  return {
    [`${handlers}/${name}.validator.ts`]: `import { compileValidator } from 'middy-fanout/schemas';

export const ${schema} = compileValidator({
  type: 'object',
  additionalProperties: false,
  required: ['action', 'message'],
  properties: {
    action: { const: '${name}' },
    message: { type: 'string', minLength: 1, maxLength: 1000 },
  },
});
`,
    [`${handlers}/${name}.ts`]: `import { webSocketRoute } from 'middy-fanout';
import { ${schema} } from './${name}.validator${extension}';

export const handler = webSocketRoute(${schema}).handler(async (event, { broadcast }) => {
  await broadcast(event.body.message, { except: event.requestContext.connectionId });
});
`,
    [`${testFolder}/${name}.test.ts`]: testOf(name, `../${handlers}/${name}${extension}`, project),
  };
};

const testOf = (
  name: string,
  handlerFile: string,
  { runner, importsJest }: Project,
): string => `${imports(runner, importsJest)}import { aContext, aMessageEvent, fakeServices } from 'middy-fanout/testing';
import { handler } from '${handlerFile}';

const send = async (message: unknown) => {
  const services = fakeServices();
  await handler(aMessageEvent({ body: { action: '${name}', message } }), aContext({ services }));
  return services;
};

test('${name} reaches everybody else', async () => {
  const { queue } = await send('hello');
  ${runner === 'node' ? "deepEqual(queue.sent.map(({ data }) => data), ['hello']);" : "expect(queue.sent).toMatchObject([{ data: 'hello' }]);"}
});

test('${name} is answered with an error if its message is not a text', async () => {
  const { queue, poster } = await send(5);
  ${runner === 'node' ? 'deepEqual(queue.sent, []);' : 'expect(queue.sent).toEqual([]);'}
  ${runner === 'node' ? 'match(String(poster.posted[0]?.data), /MESSAGE_INVALID/);' : "expect(poster.posted[0]?.data).toContain('MESSAGE_INVALID');"}
});
`;

const imports = (runner: Project['runner'], importsJest: boolean): string => {
  if (runner === 'node')
    return "import { deepEqual, match } from 'node:assert/strict';\nimport { test } from 'node:test';\n";
  if (runner === 'vitest') return "import { expect, test } from 'vitest';\n";
  return importsJest ? "import { expect, test } from '@jest/globals';\n" : '';
};

/** Names that the files above declare already, and words that JavaScript reserves. */
const TAKEN = new Set(
  `handler webSocketRoute compileValidator event broadcast send test expect deepEqual match aContext aMessageEvent
  fakeServices arguments await break case catch class const continue debugger default delete do else enum eval export
  extends false finally for function if implements import in instanceof interface let new null package private protected
  public return static super switch this throw true try typeof undefined var void while with yield`.split(/\s+/),
);

/** `send-message` becomes `sendMessage`. */
const identifierOf = (name: string): string => {
  const identifier = name.replace(/-+([A-Za-z0-9]?)/g, (_, letter: string) => letter.toUpperCase());
  return TAKEN.has(identifier) ? `${identifier}Message` : identifier;
};
