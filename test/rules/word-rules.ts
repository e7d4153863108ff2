import { readFileSync } from 'node:fs';
import { parse } from '@babel/parser';

/** A phrase that makes an English engineer read a sentence twice, and what to write instead. */
export interface WordRule {
  phrase: RegExp;
  instead: string;
}

/** Where a sentence begins: the paragraph, after another sentence, in a list, in a table's cell, after a tag. */
const START = String.raw`(?:^|[.!?:;] |[-*|(] |\| |@\w+ (?:\{\S+\} )?(?:[\w.]+ )?)["'\x60*_]*`;

const atStart = (words: string, flags = '') => new RegExp(`${START}(?:${words})\\b(?![^.!?;|]*\\?)`, flags);

export const WORD_RULES: readonly WordRule[] = [
  {
    phrase: atStart('Of|What|Who|Whoever|Whatever|Whose|Those|Nothing|Nobody|None|Neither|Such|Where|That'),
    instead: 'name the subject first',
  },
  { phrase: atStart('Else'), instead: 'Otherwise' },
  {
    phrase: /\bwhere\b(?<!\b(?:says?|shows?|knows?|tells?|sees?|finds?|place|places|about|and|from|to|is|of) where)/i,
    instead: 'if, when, or the name of the place',
  },
  { phrase: /\b(?:is|are|was|were|be) none\b/i, instead: 'is not …, is invalid, is missing' },
  {
    phrase:
      /(?<!\bthere )\b(?:is|are|was|were) no\b(?! (?:longer|more|less|fewer|later|earlier|larger|slower|worse)\b)/i,
    instead: 'is not a …',
  },
  { phrase: /\bours\b/i, instead: 'our choice, or the name of the thing' },
  {
    phrase: /\bthose (?:that|of|which|who|in|with|for|whose|it|they)\b/i,
    instead: 'the noun itself: the connections that …',
  },
  { phrase: /(?:^|[.;:,] )so (?:is|are|does|do|was|were|has|have)\b/i, instead: 'the same is true of …, … too' },
  { phrase: /\bat once\b/i, instead: 'immediately, or at the same time' },
  { phrase: /\bwhoever\b/i, instead: 'anyone who, the client that' },
  { phrase: /\b(?:is|are) to be\b/i, instead: 'must be, will be' },
  { phrase: /\bwhat (?:comes after|is left|it came to)\b/i, instead: 'the rest, the next …' },
  { phrase: /\b(?:for want of|in vain|since ever|for ever|told from|stands? for nothing)\b/i, instead: 'plain words' },
];

/** A piece of prose: a comment, a string of several words, a paragraph of Markdown. */
export interface Prose {
  line: number;
  text: string;
}

/** What a file says in English. Code, and blocks of code in Markdown, are not prose. */
export const readProse = (path: string, source = readFileSync(path, 'utf8')): Prose[] => {
  if (path.endsWith('.md')) return markdownProse(source);
  return path.endsWith('.sh') ? shellProse(source) : scriptProse(source);
};

const markdownProse = (source: string): Prose[] => {
  const withoutCode = source.replace(/^( *)```.*?^ *```/gms, blank).replace(/`[^`\n]*`/g, '`code`');
  const prose: Prose[] = [];
  for (const [index, text] of withoutCode.split('\n').entries()) if (text.trim()) prose.push({ line: index + 1, text });
  return prose;
};

const blank = (text: string) => text.replace(/[^\n]/g, ' ');

const shellProse = (source: string): Prose[] =>
  source
    .split('\n')
    .flatMap((text, index) => (/^\s*#(?!!)/.test(text) ? [{ line: index + 1, text: clean(text) }] : []));

const scriptProse = (source: string): Prose[] => {
  const { comments, tokens } = parse(source, {
    sourceType: 'module',
    plugins: ['typescript'],
    tokens: true,
    errorRecovery: true,
  });
  const prose: Prose[] = [];
  for (const comment of joinLines(comments ?? [])) prose.push(...paragraphs(comment.text, comment.line));
  for (const token of (tokens ?? []) as Token[]) {
    const isText = token.type.label === 'string' || token.type.label === 'template';
    if (isText && typeof token.value === 'string' && / /.test(token.value.trim()))
      prose.push({ line: token.loc.start.line, text: token.value.replace(/`[^`\n]*`/g, '`code`') });
  }
  return prose;
};

interface Token {
  type: { label: string };
  value: unknown;
  loc: { start: { line: number } };
}

interface Comment {
  type: string;
  value: string;
  loc?: { start: { line: number }; end: { line: number } } | null;
}

/** Line comments that follow each other are one text. */
const joinLines = (comments: readonly Comment[]) => {
  const joined: { text: string; line: number; end: number; isLine: boolean }[] = [];
  for (const { type, value, loc } of comments) {
    const line = loc?.start.line ?? 0;
    const last = joined.at(-1);
    if (type === 'CommentLine' && last?.isLine && last.end + 1 === line) {
      last.text += `\n${value}`;
      last.end = line;
    } else joined.push({ text: value, line, end: loc?.end.line ?? line, isLine: type === 'CommentLine' });
  }
  return joined;
};

const paragraphs = (comment: string, firstLine: number): Prose[] => {
  const prose: Prose[] = [];
  let current: Prose | undefined;
  let inCode = false;
  for (const [index, raw] of comment.split('\n').entries()) {
    const text = clean(raw);
    if (text.startsWith('```')) inCode = !inCode;
    const begins = !text || /^(@|- |\* |\|)/.test(text);
    if (inCode || text.startsWith('```') || begins) current = undefined;
    if (inCode || !text || text.startsWith('```')) continue;
    if (current) {
      current.text += ` ${text}`;
    } else {
      current = { line: firstLine + index, text };
      prose.push(current);
    }
  }
  return prose.map(({ line, text }) => ({ line, text: text.replace(/`[^`]*`/g, '`code`') }));
};

const clean = (line: string) =>
  line
    .trim()
    .replace(/^(\*+|#+|\/+)\s?/, '')
    .trim();

/** Every phrase of the rules in a file: `path:line: "phrase" (write: …)`. */
export const findPhrases = (path: string, prose: readonly Prose[] = readProse(path)): string[] =>
  prose.flatMap(({ line, text }) =>
    WORD_RULES.flatMap(({ phrase, instead }) => {
      const found = phrase.exec(text);
      if (!found) return [];
      return `${path}:${line}: "${text.slice(found.index, found.index + 60).trim()}" (write: ${instead})`;
    }),
  );
