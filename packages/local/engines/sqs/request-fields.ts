import { SqsError } from './sqs-error.ts';

/** The fields of a request. Each method checks the type and refuses a wrong one as SQS does. */
export class RequestFields {
  readonly #body: Readonly<Record<string, unknown>>;

  constructor(body: unknown) {
    if (typeof body !== 'object' || body === null || Array.isArray(body)) throw mismatch('structure');
    this.#body = body as Record<string, unknown>;
  }

  text(name: string): string | undefined {
    return this.#get(name, 'string', (value) => typeof value === 'string') as string | undefined;
  }

  /** An empty text counts as missing, as in SQS. */
  required(name: string): string {
    return this.text(name) || missing(name);
  }

  integer(name: string): number | undefined {
    return this.#get(name, 'integer', Number.isInteger) as number | undefined;
  }

  texts(name: string): readonly string[] {
    const isTexts = (value: unknown) => Array.isArray(value) && value.every((each) => typeof each === 'string');
    return (this.#get(name, 'list of strings', isTexts) ?? []) as string[];
  }

  entries(name: string): readonly RequestFields[] {
    return ((this.#get(name, 'list', Array.isArray) ?? []) as unknown[]).map((entry) => new RequestFields(entry));
  }

  /** A map of strings. */
  map(name: string): Readonly<Record<string, string>> {
    const isMap = (value: unknown) =>
      typeof value === 'object' && Object.values(value as object).every((each) => typeof each === 'string');
    return (this.#get(name, 'map of strings', isMap) ?? {}) as Record<string, string>;
  }

  /** A map of structures. */
  structures(name: string): readonly (readonly [string, RequestFields])[] {
    const map = this.#get(name, 'map', (value) => typeof value === 'object' && !Array.isArray(value)) ?? {};
    return Object.entries(map as object).map(([key, value]) => [key, new RequestFields(value)] as const);
  }

  #get(name: string, type: string, isOfType: (value: unknown) => boolean): unknown {
    const value = this.#body[name] ?? undefined;
    if (value !== undefined && !isOfType(value)) throw mismatch(type, name);
    return value;
  }
}

const missing = (name: string): never => {
  throw new SqsError('MissingParameter', `The request must contain the parameter ${name}.`);
};

const mismatch = (type: string, name?: string): SqsError =>
  new SqsError('SerializationException', `Expected ${name ? `${name} to be a ${type}` : `a ${type}`}`);
