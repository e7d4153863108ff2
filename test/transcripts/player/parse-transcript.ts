/** One line of a transcript. `line` counts from 1. */
export type TranscriptStep =
  | { line: number; kind: 'open' | 'close' | 'quiet'; terminal: string }
  | { line: number; kind: 'type' | 'expect'; terminal: string; text: string }
  | { line: number; kind: 'backend'; command: string };

const FORMS =
  '"A+" opens a terminal, "A-" closes it, "A> text" is typed in it, "A< text" is its next output, "A<!" is silence, "$ command" is run';

/**
 * Reads a transcript: `A+` opens terminal A, `A> text` is typed in it, `A< text` is the next line that it shows (`*`
 * matches any characters), `A<!` means that it shows nothing more, `A-` closes it, `$ command` is a command of the
 * backend. Empty lines and lines that start with `#` are skipped.
 * @param file For messages.
 * @throws {Error} naming the file and line, if a line is invalid or uses a terminal that is not open.
 */
export const parseTranscript = (transcript: string, file: string): readonly TranscriptStep[] => {
  const open = new Set<string>();
  return transcript.split('\n').flatMap((content, index) => {
    const line = index + 1;
    if (content.trim() === '' || content.startsWith('#')) return [];
    const step = parseLine(content.replace(/\r$/, ''), line);
    if (!step) throw new Error(`${file}:${line}: "${content}" is not a line of a transcript. ${FORMS}`);
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
 * Reads a command of the backend: `broadcast "Hello from server"`. Quotes work as in a shell. Single quotes keep every
 * character. In double quotes a backslash escapes special characters; outside of quotes it escapes any character.
 * @returns The text.
 * @throws {Error} if the command is not `broadcast` with exactly one text.
 */
export const parseBroadcast = (command: string): string => {
  const [name, text, ...more] = words(command) ?? [];
  if (name === 'broadcast' && text !== undefined && more.length === 0) return text;
  throw new Error(`Expected a command of the backend to be broadcast "text", got: ${command}`);
};

const WORD = /^(?:'[^']*'|"(?:\\.|[^"\\])*"|\\.|[^\s'"\\])+/s;
const PART = /'([^']*)'|"((?:\\.|[^"\\])*)"|\\(.)|([^\s'"\\]+)/gs;

/** Returns `undefined` if a quote is not closed. */
const words = (command: string): readonly string[] | undefined => {
  const unquoted: string[] = [];
  let rest = command.trimStart();
  while (rest !== '') {
    const [word] = WORD.exec(rest) ?? [];
    if (word === undefined || !/^(\s|$)/.test(rest.slice(word.length))) return undefined;
    unquoted.push(word.replace(PART, unquote));
    rest = rest.slice(word.length).trimStart();
  }
  return unquoted;
};

const unquote = (_: string, single?: string, double?: string, escaped?: string, plain?: string): string =>
  single ?? double?.replace(/\\(["\\$`])/g, '$1') ?? escaped ?? plain ?? '';
