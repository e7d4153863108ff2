/**
 * Adds a stack to the file that makes a CDK application: an import after the other imports, and a statement after
 * the one that makes the application.
 * @returns `undefined` if the place for them is not clear. The file must then stay as it is.
 */
export const addStack = (
  source: string,
  linesFor: (app: string) => { importLine: string; statement: string },
): string | undefined => {
  const [made] = source.matchAll(/^([ \t]*)(?:const|let|var) (\w+)(?:: [\w.]+)? = new (?:\w+\.)?App\(/gm);
  if (made === undefined) return undefined;
  const [all, indentation = '', app = ''] = made;
  const end = endOfLine(source, endOfBrackets(source, made.index + all.length - 1));
  const [lastImport] = [...source.slice(0, made.index).matchAll(IMPORT)].reverse();
  if (end === undefined || lastImport === undefined) return undefined;
  const { importLine, statement } = linesFor(app);
  const afterImports = lastImport.index + lastImport[0].length;
  const newline = newlineOf(source);
  const [imports, application, rest] = [
    source.slice(0, afterImports),
    source.slice(afterImports, end),
    source.slice(end),
  ];
  return `${imports}${newline}${importLine}${application}${newline}${indentation}${statement}${rest}`;
};

/** An import that begins a line, up to the end of its last line: it may have several. */
const IMPORT = /^import\b[^;'"]*['"][^'"\n]+['"]\)?;?[ \t]*$/gm;

/**
 * Adds a route to the file that makes the only `FanOutApi` of an application: after the routes that follow the API, or
 * after the API itself.
 * @returns `undefined` if the place for the line is not clear. The file must then stay as it is.
 */
export const addRouteLine = (source: string, lineFor: (api: string) => string): string | undefined => {
  const [made, other] = source.matchAll(
    /^([ \t]*)(?:(?:export )?const (\w+)(?:: \w+)?|(this\.\w+)) = new FanOutApi\(/gm,
  );
  if (made === undefined || other !== undefined) return undefined;
  const [all, indentation = '', constant, property] = made;
  const api = constant ?? property ?? '';
  const routes = [...source.slice(made.index).matchAll(/^([ \t]*)([\w.]+)\.addRoute\(/gm)].filter(
    ([, before, of]) => before === indentation && of === api,
  );
  const [lastRoute] = routes.reverse();
  const bracket =
    lastRoute === undefined ? made.index + all.length - 1 : made.index + lastRoute.index + lastRoute[0].length - 1;
  const end = endOfLine(source, endOfBrackets(source, bracket));
  if (end === undefined) return undefined;
  return `${source.slice(0, end)}${newlineOf(source)}${indentation}${lineFor(api)}${source.slice(end)}`;
};

const newlineOf = (source: string): string => (source.includes('\r\n') ? '\r\n' : '\n');

/** A comment or a string: its brackets do not count. We do not read a template with a bracket in `${}`. */
const OPAQUE =
  /\/\/.*|\/\*[\s\S]*?\*\/|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\$]|\$(?!\{)|\$\{[^`{}]*\})*`/y;

/** The place after the bracket that closes the one at `start`. */
const endOfBrackets = (source: string, start: number): number | undefined => {
  let depth = 0;
  for (let at = start; at < source.length; at++) {
    OPAQUE.lastIndex = at;
    const opaque = OPAQUE.exec(source)?.[0];
    if (opaque) at += opaque.length - 1;
    else if ('([{'.includes(source[at] as string)) depth++;
    else if (')]}'.includes(source[at] as string) && --depth === 0) return at + 1;
    else if (source[at] === '`') return undefined;
  }
  return undefined;
};

/** The end of the line, if the statement ends there too. */
const endOfLine = (source: string, from: number | undefined): number | undefined => {
  if (from === undefined) return undefined;
  const [rest = '', next = ''] = source.slice(from).split(/\r?\n/, 2);
  const isOver = /^;?[ \t]*(\/\/.*)?$/.test(rest) && !/^\s*[.?([`]/.test(next);
  return isOver ? from + rest.length : undefined;
};
