/** Identifies a message and the time at which it was sent. */
export interface MessageToken {
  /** Index in the run's schedule. */
  message: number;
  /** {@link monotonicUs} when the message was passed to the connection. */
  sentAtUs: number;
}

const DOT = 46;
const ZERO = 48;

/** Length of the longest token in bytes: `~`, run id, message and time in microseconds, with a dot after each. */
export const MIN_MESSAGE_BYTES = 48;

/**
 * Writes and reads the messages of one run. A message is ASCII without characters that JSON escapes. So it can be found
 * both alone and inside a frame of the target.
 */
export class MessageTokens {
  readonly #start: string;
  readonly #mark: Buffer;

  /** @param runId 8 hexadecimal digits. Messages of other runs have another id. */
  constructor(runId: string) {
    this.#start = `~${runId}.`;
    this.#mark = Buffer.from(this.#start);
  }

  /** Makes a message of exactly `sizeBytes`, at least {@link MIN_MESSAGE_BYTES}. */
  write({ message, sentAtUs }: MessageToken, sizeBytes: number): string {
    return `${this.#start}${message}.${sentAtUs}.`.padEnd(sizeBytes, 'x');
  }

  /** Finds the messages of this run in a received text, in order. A target can put several into one frame. */
  read(text: Buffer): MessageToken[] {
    const tokens: MessageToken[] = [];
    for (let start = text.indexOf(this.#mark); start >= 0; start = text.indexOf(this.#mark, start + 1)) {
      const token = tokenAt(text, start + this.#mark.length);
      if (token) tokens.push(token);
    }
    return tokens;
  }
}

/** Reads the numbers after a run id. `undefined` if they are incomplete. */
const tokenAt = (text: Buffer, from: number): MessageToken | undefined => {
  const numbers = [0, 0];
  let position = from;
  for (const index of [0, 1]) {
    for (let byte = text[position++]; byte !== DOT; byte = text[position++]) {
      if (byte === undefined || byte < ZERO || byte > ZERO + 9) return undefined;
      numbers[index] = (numbers[index] as number) * 10 + byte - ZERO;
    }
  }
  return { message: numbers[0] as number, sentAtUs: numbers[1] as number };
};
