const BITS = 1_024;

/** A set of whole numbers that come roughly in order: a bit each, in chunks, so that only what was passed through costs memory. */
export class NumberSet {
  readonly #chunks = new Map<number, Uint32Array<ArrayBuffer>>();
  #lastKey = -1;
  #last = new Uint32Array(0);

  /** Whether the number is new. */
  add(value: number): boolean {
    const chunk = this.#chunk(Math.floor(value / BITS));
    const word = (value % BITS) >>> 5;
    const bit = 1 << (value & 31);
    const before = chunk[word] as number;
    chunk[word] = before | bit;
    return (before & bit) === 0;
  }

  has(value: number): boolean {
    const chunk = this.#chunks.get(Math.floor(value / BITS));
    return chunk !== undefined && ((chunk[(value % BITS) >>> 5] as number) & (1 << (value & 31))) !== 0;
  }

  #chunk(key: number): Uint32Array {
    if (key === this.#lastKey) return this.#last;
    const chunk = this.#chunks.get(key) ?? new Uint32Array(BITS / 32);
    this.#chunks.set(key, chunk);
    this.#lastKey = key;
    this.#last = chunk;
    return chunk;
  }
}
