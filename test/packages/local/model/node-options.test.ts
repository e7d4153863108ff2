import { describe, expect, it } from '@jest/globals';
import { readNodeOptions } from '../../../../packages/local/model/node-options.ts';

describe('readNodeOptions', () => {
  it('reads the modules that are loaded first, in the order of Node', () => {
    expect(readNodeOptions('--import ./a.mjs -r "./b c.js" --require=/var/task/lib/d.js').preloads).toEqual([
      { option: '--require', specifier: './b c.js' },
      { option: '--require', specifier: './lib/d.js' },
      { option: '--import', specifier: './a.mjs' },
    ]);
  });

  it('parts the options of a process from the options of a thread', () => {
    const text = '--enable-source-maps --unhandled-rejections strict --title="my \\"function\\"" --conditions="a b"';
    expect(readNodeOptions(text)).toEqual({
      preloads: [],
      ofProcess: ['--unhandled-rejections strict', '--title=my "function"'],
      ofThread: '--enable-source-maps "--conditions=a b"',
    });
  });

  it('takes an underscore for a hyphen, as Node does', () => {
    const ofProcess = ['--unhandled_rejections strict', '--max_old_space_size=64'];
    expect(readNodeOptions(ofProcess.join(' '))).toMatchObject({ ofProcess, ofThread: '' });
  });

  it('leaves what Node does not know to Node', () => {
    expect(readNodeOptions('--nonsense')).toEqual({ preloads: [], ofProcess: [], ofThread: '--nonsense' });
    expect(readNodeOptions('')).toEqual({ preloads: [], ofProcess: [], ofThread: '' });
  });
});
