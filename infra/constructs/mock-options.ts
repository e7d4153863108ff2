/** A route without a function. It costs no Lambda, and cannot read what it was sent. */
export interface MockOptions {
  /** What the caller receives: a mapping template, in which `$context.connectionId` and the like are filled in. Default: nothing. */
  reply?: string;
}
