import { afterEach, expect, it } from '@jest/globals';
import { start, stopFunctions } from '../start-for-test.ts';

afterEach(stopFunctions);

it.each(['nodejs24.x', 'nodejs22.x'])(
  'an error on %s with a name or message that is not a string has the type "handled"',
  async (runtime) => {
    const { invoke } = start({
      runtime,
      code: `export const handler = async (fields) => { throw Object.assign(new Error('no'), fields); };`,
    });
    const handled = {
      error: { errorType: 'handled', errorMessage: expect.stringContaining('a problem while retrieving') },
    };
    await expect(invoke({ name: 5 })).resolves.toMatchObject(handled);
    await expect(invoke({ message: { code: 1 } })).resolves.toMatchObject(handled);
    await expect(invoke({ name: 'My\x7FError' })).resolves.toMatchObject({ error: { errorType: 'My%7FError' } });
  },
);

it.each([
  ['nodejs24.x', 'Error'],
  ['nodejs22.x', 'handled'],
])('an error on %s without a stack has the type %s', async (runtime, errorType) => {
  const code = `export const handler = async () => { throw Object.assign(new Error('no'), { stack: undefined }); };`;
  await expect(start({ runtime, code }).invoke()).resolves.toMatchObject({ error: { errorType } });
});
