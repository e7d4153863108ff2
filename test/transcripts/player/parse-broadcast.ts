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
