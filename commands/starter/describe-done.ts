/** What a command did with files, by their paths, and what is left to do. */
export interface Done {
  written: readonly string[];
  changed: readonly string[];
  /** They were there. */
  kept?: readonly string[];
  /** What has to be done by hand: a sentence, and lines of code. */
  byHand?: readonly string[];
  /** Commands. */
  next: readonly string[];
}

/** As a person reads it. */
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
