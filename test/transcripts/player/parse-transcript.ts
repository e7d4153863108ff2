/** One line of a transcript. `line` counts from 1. */
export type TranscriptStep =
  | { line: number; kind: 'open' | 'close' | 'quiet'; terminal: string }
  | { line: number; kind: 'type' | 'expect'; terminal: string; text: string }
  | { line: number; kind: 'backend'; command: string };

const FORMS =
  '"A+" opens a terminal, "A-" closes it, "A> text" is typed in it, "A< text" and "A<!" are what it shows, "$ command" is run';

/**
 * Reads a transcript: `A+` opens terminal A, `A> text` is typed in it, `A< text` is what it shows next (`*` stands for
 * any characters), `A<!` that it shows nothing more, `A-` closes it, `$ command` is a command of the backend. Empty lines
 * and lines that start with `#` say nothing.
 * @param file For messages.
 * @throws {Error} naming file and line where a line is none of these, or uses a terminal that is not open.
 */
export const parseTranscript = (transcript: string, file: string): readonly TranscriptStep[] => {
  const open = new Set<string>();
  return transcript.split('\n').flatMap((content, index) => {
    const line = index + 1;
    if (content.trim() === '' || content.startsWith('#')) return [];
    const step = parseLine(content.replace(/\r$/, ''), line);
    if (!step) throw new Error(`${file}:${line}: "${content}" is no line of a transcript. ${FORMS}`);
    if (step.kind !== 'backend') followTerminal(step, open, file);
    return step;
  });
};

const parseLine = (content: string, line: number): TranscriptStep | undefined => {
  const command = /^\$ (.+)$/.exec(content)?.[1];
  if (command !== undefined) return { line, kind: 'backend', command };
  const [, terminal, sign, rest = ''] = /^([A-Z])([+\-<>])(.*)$/.exec(content) ?? [];
  if (terminal === undefined) return undefined;
  if (sign === '+' || sign === '-') {
    return rest.trim() === '' ? { line, kind: sign === '+' ? 'open' : 'close', terminal } : undefined;
  }
  if (sign === '<' && rest === '!') return { line, kind: 'quiet', terminal };
  return rest.startsWith(' ')
    ? { line, kind: sign === '>' ? 'type' : 'expect', terminal, text: rest.slice(1) }
    : undefined;
};

const followTerminal = (
  { kind, terminal, line }: Exclude<TranscriptStep, { kind: 'backend' }>,
  open: Set<string>,
  file: string,
): void => {
  if (kind === 'open' && open.has(terminal)) throw new Error(`${file}:${line}: terminal ${terminal} is open already`);
  if (kind !== 'open' && !open.has(terminal)) {
    throw new Error(`${file}:${line}: terminal ${terminal} is not open. "${terminal}+" opens it`);
  }
  if (kind === 'open') open.add(terminal);
  if (kind === 'close') open.delete(terminal);
};

/**
 * Reads a command of the backend: `broadcast "Hello from server"`. Quotes are the shell's: single ones keep everything, in
 * double ones a backslash keeps what is special there, outside of both it keeps any character.
 * @returns the text.
 * @throws {Error} where it is another command, or not exactly one text.
 */
export const parseBroadcast = (command: string): string => {
  const [name, text, ...more] = words(command) ?? [];
  if (name === 'broadcast' && text !== undefined && more.length === 0) return text;
  throw new Error(`Expected a command of the backend to be broadcast "text", got: ${command}`);
};

const WORD = /^(?:'[^']*'|"(?:\\.|[^"\\])*"|\\.|[^\s'"\\])+/s;
const PART = /'([^']*)'|"((?:\\.|[^"\\])*)"|\\(.)|([^\s'"\\]+)/gs;

/** `undefined` where a quote is not closed. */
const words = (command: string): readonly string[] | undefined => {
  const found: string[] = [];
  let rest = command.trimStart();
  while (rest !== '') {
    const [word] = WORD.exec(rest) ?? [];
    if (word === undefined || !/^(\s|$)/.test(rest.slice(word.length))) return undefined;
    found.push(word.replace(PART, unquote));
    rest = rest.slice(word.length).trimStart();
  }
  return found;
};

const unquote = (_: string, single?: string, double?: string, escaped?: string, plain?: string): string =>
  single ?? double?.replace(/\\(["\\$`])/g, '$1') ?? escaped ?? plain ?? '';
