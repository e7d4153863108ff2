import { globSync, readFileSync } from 'node:fs';

/** A block of code in a page, with what the HTML comments right before it say of it. */
export interface Block {
  /** `docs/guide/routes.md:12` */
  place: string;
  /** `ts`, `sh`, … */
  language: string;
  /** Without the indentation of a list that it stands in. */
  code: string;
  /** How a shell block is run: `run in: application`, `not run: needs an AWS account`. Default: it is run in the repository. */
  marker?: string;
  /** Code that a TypeScript block needs and the page does not show. A line `…` in it stands for the block. */
  hidden?: string;
}

export interface Page {
  /** `docs/guide/routes.md` */
  path: string;
  text: string;
  blocks: readonly Block[];
  /** Files that the page's blocks import and the page does not show, by name. */
  files: ReadonlyMap<string, string>;
}

/** A comment, or a block. The comments that belong to a block stand right before it. */
const PIECE =
  /<!--\s*(?<kind>with|file|run|not run)\b(?<comment>.*?)-->|^(?<indent> *)```(?<language>\w*)\n(?<code>.*?)^ *```$/gms;

/** The pages of the site, without the reference, which is generated. */
export const readPages = (): Page[] =>
  globSync('docs/**/*.md', { exclude: (path) => /^docs\/(node_modules|reference)\b/.test(path) })
    .sort()
    .map((path) => readPage(path, readFileSync(path, 'utf8')));

export const readPage = (path: string, text: string): Page => {
  const files = new Map<string, string>();
  const blocks: Block[] = [];
  let said: Pick<Block, 'marker' | 'hidden'> = {};
  for (const { groups = {}, index } of text.matchAll(PIECE)) {
    const { kind, comment = '', indent = '', language, code = '' } = groups;
    if (language !== undefined) {
      const place = `${path}:${text.slice(0, index).split('\n').length}`;
      blocks.push({ place, language, code: code.replace(new RegExp(`^${indent}`, 'gm'), ''), ...said });
      said = {};
    } else if (kind === 'file') {
      const [name = '', ...lines] = comment.replace(/^:/, '').split('\n');
      files.set(name.trim(), lines.join('\n'));
    } else if (kind === 'with') said = { ...said, hidden: comment.replace(/^:/, '') };
    else said = { ...said, marker: `${kind}${comment}`.trim() };
  }
  return { path, text, blocks, files };
};

/** The file that a block's first line names: `// handlers/wave.ts`. */
export const fileNamedIn = (code: string): string | undefined => /^\/\/ (\S+\.ts)\n/.exec(code)?.[1];
