import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { findPhrases, readProse } from './word-rules.ts';

const RULES = 'test/rules/word-rules.ts';

/** The files that a checkout has, new ones too. */
const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { encoding: 'utf8' })
  .split('\n')
  .filter(
    (path) =>
      /\.(md|ts|cjs|sh)$/.test(path) && path !== RULES && path !== 'test/rules/words.test.ts' && existsSync(path),
  );

const phrasesOf = (path: string, source: string): string[] => findPhrases(path, readProse(path, source));

describe('the English of this repository', () => {
  it('has no phrase that is hard to read, in comments, strings and pages', () => {
    expect(files.length).toBeGreaterThan(500);
    expect(files.flatMap((path) => findPhrases(path))).toEqual([]);
  });
});

describe('the search for such phrases', () => {
  it.each([
    [
      'a comment',
      'a.ts',
      '/** What a function printed. */',
      '"What a function printed." (write: name the subject first)',
    ],
    ['line comments that go on', 'a.ts', '// The default,\n// where none is given.', '"where none is given."'],
    ['a tag', 'a.ts', '/** @param name Of the file. */', '"@param name Of the file."'],
    ['a message', 'a.ts', "throw new Error('port is no number');", '"is no number" (write: is not a …)'],
    ['a template', 'a.ts', '`this port is none`', '"is none"'],
    ['a page', 'a.md', '# Title\n\n- Those that fail come back.', '"- Those that fail come back."'],
    ['a script', 'a.sh', '#!/bin/sh\n# Ours: 10 s.', '"Ours: 10 s."'],
  ])('reads %s', (_, path, source, found) => {
    expect(phrasesOf(path, source).join('\n')).toContain(found);
  });

  it.each([
    ['code', 'a.ts', 'const none = where(those);'],
    ['a word alone', 'a.ts', "const key = 'where';"],
    ['code in a page', 'a.md', '```sql\nselect 1 where true\n```\nUse `where`.'],
    ['a question', 'a.md', '## What does it cost?'],
    ['a place', 'a.md', 'The log says where it failed.'],
    ['an English "no"', 'a.md', 'There is no queue. The rate is no longer shared.'],
  ])('leaves %s alone', (_, path, source) => {
    expect(phrasesOf(path, source)).toEqual([]);
  });
});
