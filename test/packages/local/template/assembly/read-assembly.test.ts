import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { readAssembly } from '../../../../../packages/local/template/assembly/read-assembly.ts';
import { aChat, anAssembly } from '../an-assembly.ts';

const folder = () => anAssembly(aChat());

it.each([
  ['that is missing', undefined, 'Chat.template.json is missing'],
  ['that is cut off', '{"Resources": {', 'Chat.template.json cannot be read as JSON'],
  ['that is null', 'null', 'Chat.template.json does not contain a JSON object'],
  ['with a resource that is null', '{"Resources": {"Api": null}}', 'Chat.template.json: its resource Api has no Type'],
  ['with a resource without a type', '{"Resources": {"Api": {}}}', 'Chat.template.json: its resource Api has no Type'],
])('refuses a template %s and names its file', (_, text, message) => {
  const cdkOut = folder();
  const file = join(cdkOut, 'Chat.template.json');
  if (text === undefined) rmSync(file);
  else writeFileSync(file, text);
  expect(() => readAssembly(cdkOut)).toThrow(`${join(cdkOut, message)}: synthesize the application again`);
});
