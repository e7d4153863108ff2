/** Which message a text is, and when it was sent. */
export interface MessageToken {
  /** Its place in the run's schedule. */
  message: number;
  /** {@link monotonicUs} when it was handed to the connection. */
  sentAtUs: number;
}

const DOT = 46;
const ZERO = 48;

/** Bytes of the longest token: `~`, run id, message and time in microseconds, each ended by a dot. */
export const MIN_MESSAGE_BYTES = 48;

/**
 * Writes and reads the messages of one run. A message is ASCII that needs no escape in JSON, so that it is found
 * wherever a target puts it: alone, or inside a frame of its own.
 */
export class MessageTokens {
  readonly #start: string;
  readonly #mark: Buffer;

  /** @param runId Tells this run's messages from everybody else's. 8 characters of hex. */
  constructor(runId: string) {
    this.#start = `~${runId}.`;
    this.#mark = Buffer.from(this.#start);
  }

  /** A message of exactly `sizeBytes`, at least {@link MIN_MESSAGE_BYTES}. */
  write({ message, sentAtUs }: MessageToken, sizeBytes: number): string {
    return `${this.#start}${message}.${sentAtUs}.`.padEnd(sizeBytes, 'x');
  }

  /** The messages of this run in a received text, in order: a target may put several into one frame. */
  read(text: Buffer): MessageToken[] {
    const found: MessageToken[] = [];
    for (let start = text.indexOf(this.#mark); start >= 0; start = text.indexOf(this.#mark, start + 1)) {
      const token = tokenAt(text, start + this.#mark.length);
      if (token) found.push(token);
    }
    return found;
  }
}

/** The numbers of a token, which stand after its run id; `undefined` if they are cut short. */
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
