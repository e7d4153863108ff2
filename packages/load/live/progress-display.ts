import type { Progress } from '../generator/run-load.ts';
import { progressLine } from './progress-line.ts';
import { progressLines } from './progress-lines.ts';

/** Where a display writes: `process.stderr`, as a rule. */
export interface DisplayStream {
  isTTY?: boolean;
  columns?: number;
  write(text: string): unknown;
}

/** Plain lines come so often. */
const PLAIN_EVERY_MS = 5_000;
const ERASE_BELOW = '\u001b[0J';
const upBy = (lines: number): string => (lines > 0 ? `\u001b[${lines}F` : '');

/** Shows how a run goes: one screen that is drawn again in a terminal, a line every five seconds elsewhere. */
export class ProgressDisplay {
  readonly #stream: DisplayStream;
  #drawn = 0;
  #stage = '';
  #plainAtMs = 0;

  constructor(stream: DisplayStream) {
    this.#stream = stream;
  }

  show(progress: Progress): void {
    if (this.#stream.isTTY) this.#draw(progress);
    else this.#print(progress);
  }

  /** A line that stays, above whatever is shown next. */
  say(line: string): void {
    this.#stream.write(`${upBy(this.#drawn)}${this.#drawn ? ERASE_BELOW : ''}${line}\n`);
    this.#drawn = 0;
  }

  /** Takes the screen away, so that what follows stands in its place. */
  end(): void {
    if (this.#drawn > 0) this.#stream.write(`${upBy(this.#drawn)}${ERASE_BELOW}`);
    this.#drawn = 0;
  }

  #draw(progress: Progress): void {
    const width = this.#stream.columns ?? 80;
    const lines = progressLines(progress).map((line) => [...line].slice(0, width - 1).join(''));
    this.#stream.write(`${upBy(this.#drawn)}${ERASE_BELOW}${lines.join('\n')}\n`);
    this.#drawn = lines.length;
  }

  #print(progress: Progress): void {
    if (progress.stage === this.#stage && progress.elapsedMs < this.#plainAtMs) return;
    this.#plainAtMs = progress.elapsedMs + PLAIN_EVERY_MS - 500;
    this.#stage = progress.stage;
    this.#stream.write(`${progressLine(progress)}\n`);
  }
}
