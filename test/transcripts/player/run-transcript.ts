import { openTerminal, type Terminal } from './open-terminal.ts';
import type { TranscriptStep } from './parse-transcript.ts';

export interface RunTranscriptOptions {
  steps: readonly TranscriptStep[];
  /** `ws://127.0.0.1:3001/production` */
  url: string;
  /** Runs a line that starts with `$`. Without it, such a line is reported as a difference. */
  backend?: (command: string) => Promise<void>;
  /** Headers of every terminal's handshake. */
  headers?: Readonly<Record<string, string>>;
  /** Longest wait for a line or a handshake, in milliseconds. Default 5000. */
  timeoutMs?: number;
  /** How long a terminal must be silent for `A<!`, in milliseconds. Default 1000. */
  quietMs?: number;
}

/** A difference between the session and its transcript. */
export interface Difference {
  line: number;
  /** Several lines, for a person. */
  description: string;
}

/** Plays a transcript with real WebSocket clients. Resolves to the first difference, or to `undefined`. */
export const runTranscript = async (options: RunTranscriptOptions): Promise<Difference | undefined> => {
  const terminals = new Map<string, Terminal>();
  try {
    for (const step of options.steps) {
      const description = await playStep(step, terminals, options);
      if (description !== undefined) return { line: step.line, description };
    }
    for (const [name, terminal] of terminals) {
      const line = options.steps.at(-1)?.line ?? 0;
      if (terminal.unread().length > 0) return { line, description: describeMore(name, terminal.unread()) };
    }
    return undefined;
  } finally {
    await Promise.all([...terminals.values()].map((terminal) => terminal.close()));
  }
};

const describeMore = (name: string, shown: readonly string[]): string =>
  [`  expected ${name}  to show nothing more`, ...shown.map((line) => `  shown    ${name}< ${line}`)].join('\n');

const playStep = async (
  step: TranscriptStep,
  terminals: Map<string, Terminal>,
  { url, backend, headers = {}, timeoutMs = 5_000, quietMs = 1_000 }: RunTranscriptOptions,
): Promise<string | undefined> => {
  if (step.kind === 'backend') {
    if (!backend) return `  "$ ${step.command}" needs a backend, and this run has none`;
    return backend(step.command).catch(
      (error: Error) => `  $ ${step.command}\n  ${error.message}`,
    ) as Promise<undefined>;
  }
  if (step.kind === 'open') {
    terminals.set(step.terminal, await openTerminal({ url, headers, timeoutMs }));
    return undefined;
  }
  const terminal = terminals.get(step.terminal) as Terminal;
  switch (step.kind) {
    case 'type':
      terminal.type(step.text);
      return undefined;
    case 'expect': {
      const shown = await terminal.next(timeoutMs);
      if (shown === undefined) {
        return `  expected ${step.terminal}< ${step.text}\n  shown    ${step.terminal}  nothing within ${timeoutMs} ms`;
      }
      return matchesExpected(step.text, shown) ? undefined : describeDifference(step.terminal, step.text, shown);
    }
    case 'quiet': {
      const shown = await terminal.next(quietMs);
      return shown === undefined ? undefined : describeMore(step.terminal, [shown, ...terminal.unread()]);
    }
    case 'close': {
      await terminal.close();
      terminals.delete(step.terminal);
      const shown = terminal.unread();
      return shown.length > 0 ? describeMore(step.terminal, shown) : undefined;
    }
  }
};

/** Number of equal characters at the start of two lines, up to a `*`. */
const agreeingLength = (expected: string, shown: string): number => {
  let length = 0;
  while (length < shown.length && expected[length] === shown[length] && expected[length] !== '*') length += 1;
  return length;
};

/** Both lines, one below the other, and a mark at their first difference. */
export const describeDifference = (terminal: string, expected: string, shown: string): string => {
  const mark = expected.includes('*') ? '' : `\n              ${' '.repeat(agreeingLength(expected, shown))}^`;
  return `  expected ${terminal}< ${expected}\n  shown    ${terminal}< ${shown}${mark}`;
};

/** Whether a shown line matches the expected one, in which `*` matches any characters. */
export const matchesExpected = (expected: string, shown: string): boolean =>
  new RegExp(`^${expected.split('*').map(literally).join('[^]*')}$`).test(shown);

const literally = (text: string): string => text.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
