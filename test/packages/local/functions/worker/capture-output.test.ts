import { afterEach, expect, it } from '@jest/globals';
import { FunctionKeyring } from '../../../../../packages/local/functions/function-keyring.ts';
import { type Functions, startFunctions } from '../../../../../packages/local/functions/start-functions.ts';
import { aFunction } from '../a-function.ts';

let functions: Functions | undefined;
afterEach(() => functions?.stop());

/** Runs a handler with this body. Returns its log lines and its answer. */
const run = async (body: string) => {
  const lines: string[] = [];
  const code = `import fs from 'node:fs'; export const handler = async () => { ${body} };`;
  functions = startFunctions({
    functions: [aFunction({ code })],
    keyring: new FunctionKeyring(),
    log: (event) => {
      if (event.type === 'log') lines.push(event.line);
    },
  });
  const answer = await functions.invoke('echo', {});
  return { lines, payload: answer.ok && answer.payload };
};

it.each([
  ['an offset and a length', "fs.writeSync(1, Buffer.from('secret|public'), 7, 3)", 'pub', 3],
  ['options', "fs.writeSync(1, Buffer.from('secret|public'), { offset: 7, length: 3 })", 'pub', 3],
  ['an offset alone', "fs.writeSync(2, Buffer.from('secret|public'), 7)", 'public', 6],
  ['a part of a buffer', "fs.writeSync(1, Buffer.from('secret|public').subarray(7))", 'public', 6],
  ['a text', "fs.writeSync(1, 'é')", 'é', 2],
  ['a text in another encoding', "fs.writeSync(1, '6869', null, 'hex')", 'hi', 2],
])('prints the bytes that fs.writeSync writes with %s, and returns their number', async (_, call, line, bytes) => {
  expect(await run(`return ${call};`)).toEqual({ lines: [line], payload: bytes });
});

it('prints a whole character if its bytes arrive in two writes', async () => {
  const { lines } = await run(
    "const bytes = Buffer.from('é\\n'); process.stdout.write(bytes.subarray(0, 1)); process.stdout.write(bytes.subarray(1));",
  );
  expect(lines).toEqual(['é']);
});

it('separates a line of stdout from a line of stderr if they are written in turns', async () => {
  const { lines } = await run(
    "for (const text of ['a', 'b\\n']) { process.stdout.write(text); process.stderr.write(text.toUpperCase()); }",
  );
  expect(lines).toEqual(['ab', 'AB']);
});

it('prints text that is written to the descriptors of stdout and stderr, as loggers write it', async () => {
  const { lines, payload } = await run(`
    fs.writeSync(process.stdout.fd, 'one\\n');
    await new Promise((resolve) => fs.write(process.stderr.fd, 'two\\n', resolve));
    return new Promise((resolve) => fs.write(1, Buffer.from('-three\\n'), 1, (error, bytes) => resolve([error, bytes])));`);
  expect({ lines, payload }).toEqual({ lines: ['one', 'two', 'three'], payload: [null, 6] });
});
