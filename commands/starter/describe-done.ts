/** The files that a command wrote or changed, by their paths, and the steps that remain. */
export interface Done {
  written: readonly string[];
  changed: readonly string[];
  /** Files that were already there. */
  kept?: readonly string[];
  /** A step to do by hand: a sentence, and lines of code. */
  byHand?: readonly string[];
  /** Commands to run. */
  next: readonly string[];
}

/** The text that a command prints. */
export const describeDone = ({ written, changed, kept = [], byHand = [], next }: Done): string => {
  const [sentence = '', ...lines] = byHand;
  const sections = [
    section('Written:', written),
    section('Changed:', changed),
    section('Left as they are, because they were there:', kept),
    section(sentence, lines),
    section('Next:', next),
  ];
  return sections.join('');
};

const section = (title: string, lines: readonly string[]): string =>
  lines.length === 0 ? '' : `${[title, ...lines.map((line) => `  ${line}`)].join('\n')}\n`;
