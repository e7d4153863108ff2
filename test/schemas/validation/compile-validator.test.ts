import { describe, expect, it } from '@jest/globals';
import { compileValidator, type Validator } from '../../../schemas/validation/compile-validator.ts';

const compile = compileValidator as (schema: unknown) => Validator<unknown>;
const text = { type: 'string' };
/** A message of one field. */
const a = (schema: unknown) => ({ type: 'object', properties: { a: schema } });
const DRAFT_04 = 'http://json-schema.org/draft-04/schema#';
const DRAFT_07 = 'http://json-schema.org/draft-07/schema#';

describe('a schema that is refused', () => {
  it.each<[unknown, string]>([
    [
      a({ ...text, minLenght: 1 }),
      '#/properties/a/minLenght: JSON Schema 2020-12 has no keyword "minLenght". Write "minLength"',
    ],
    [
      { type: 'object', additionalproperties: false },
      '#/additionalproperties: JSON Schema 2020-12 has no keyword "additionalproperties". Write "additionalProperties"',
    ],
    [
      a({ ...text, tsType: 'A' }),
      '#/properties/a/tsType: JSON Schema 2020-12 has no keyword "tsType". Leave it out, or call it "x-tsType" if it is a note',
    ],
    [{ ...text, constructor: 1 }, '#/constructor: JSON Schema 2020-12 has no keyword "constructor"'],
    [{ $defs: { 'a/b~': { minLenght: 1 } } }, '#/$defs/a~1b~0/minLenght: '],
    [a({ ...text, format: 'emial' }), '#/properties/a/format: the format "emial" is unknown. Write "email"'],
    [
      a({ ...text, format: 'phone' }),
      '#/properties/a/format: the format "phone" is unknown. Write a "pattern", or one of date, time, date-time',
    ],
    [
      a({ ...text, format: 'url' }),
      '#/properties/a/format: its check takes more than a second for a string of 30,000 characters. Write "uri"',
    ],
    [
      a({ type: 'number', format: 'date' }),
      '#/properties/a/format: "format" checks string values only, but "type" is "number". Change one of them',
    ],
    [
      a({ ...text, format: 'int32' }),
      '#/properties/a/format: "format" checks number values only, but "type" is "string"',
    ],
    [a({ ...text, minimum: 1 }), '#/properties/a/minimum: "minimum" checks number values only, but "type" is "string"'],
    [a({ type: 'number', pattern: '^a' }), '#/properties/a/pattern: "pattern" checks string values only'],
    [{ ...text, required: ['a'] }, '#/required: "required" checks object values only'],
    [
      { type: ['object', 'null'], items: {} },
      '#/items: "items" checks array values only, but "type" is ["object","null"]',
    ],
    [
      { required: ['a'] },
      '#: "required" checks object values only, and every other value passes. Write "type": "object" beside it',
    ],
    [
      a({ format: 'email' }),
      '#/properties/a: "format" checks string values only, and every other value passes. Write "type": "string" beside it',
    ],
    [a({ format: 'int32' }), '#/properties/a: "format" checks number values only'],
    [{ type: 'array', items: { minimum: 1 } }, '#/items: "minimum" checks number values only'],
    [
      a({ ...text, pattern: '\\-' }),
      '#/properties/a/pattern: Invalid regular expression: /\\-/u: Invalid escape. Write the character without its backslash',
    ],
    [
      { type: 'object', patternProperties: { '(': {} } },
      '#/patternProperties: Invalid regular expression: /(/u: Unterminated group. Correct the expression',
    ],
    [
      { type: 'object', additionalProperties: false, required: ['nmae'], properties: { name: text } },
      '#/required: "nmae" is required, but "additionalProperties" is false and "properties" does not have it. Write "name"',
    ],
    [
      { type: 'object', additionalProperties: false, required: ['a'] },
      '#/required: "a" is required, but "additionalProperties" is false and "properties" does not have it. Add it to "properties"',
    ],
    [{ ...text, if: { minLength: 1 } }, '#/if: it checks nothing without "then" or "else". Add that, or leave it out'],
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema.
    [{ ...text, then: { minLength: 1 } }, '#/then: it checks nothing without "if"'],
    [{ type: 'array', minContains: 1 }, '#/minContains: it checks nothing without "contains"'],
    [{ anyOf: [{ nullable: true }] }, '#/anyOf/0/nullable: it checks nothing without "type"'],
    [{ type: 'object', $async: true }, '#/$async: asynchronous validation is not supported. Leave it out'],
    [
      a({ type: 'strin' }),
      '#/properties/a/type: it must be equal to one of the allowed values: array, boolean, integer',
    ],
    [{ type: ['string', 'int'] }, '#/type/1: it must be equal to one of the allowed values'],
    [
      a({ ...text, required: true }),
      '#/properties/a/required: it must be array. Write a list of names beside "properties"',
    ],
    [[], '#: it must be object or boolean'],
    [
      a({ $ref: 'https://example.com/a.json' }),
      '#/properties/a/$ref: this schema has no part "https://example.com/a.json", and other schemas are not fetched. Put it under "$defs" and write "#/$defs/name"',
    ],
    [a({ $ref: '#/$defs/b' }), '#/properties/a/$ref: this schema has no part "#/$defs/b"'],
    [
      a({ $dynamicRef: 'https://example.com/a.json#b' }),
      '#/properties/a/$dynamicRef: only a reference to the anchor of the whole schema is supported',
    ],
    [
      a({ $dynamicRef: '#b' }),
      '#/properties/a/$dynamicRef: only a reference to the anchor of the whole schema is supported',
    ],
    [
      { $dynamicAnchor: 'a', ...a({ $dynamicRef: '#a', $id: 'b' }) },
      '#/properties/a/$dynamicRef: only a reference to the anchor of the whole schema is supported, if no part has an "$id" or an anchor. Write "$ref"',
    ],
    [
      { type: 'object', unevaluatedProperties: false, dependentSchemas: { a: a(text) } },
      '#/unevaluatedProperties: Ajv checks it wrongly in a schema with "dependentSchemas"',
    ],
    [
      { type: 'object', unevaluatedProperties: false, if: a(text), else: a(text) },
      '#/unevaluatedProperties: Ajv checks it wrongly',
    ],
    [
      { type: 'array', unevaluatedItems: false, anyOf: [{ items: text }, true] },
      '#/unevaluatedItems: Ajv checks it wrongly in a schema with "contains"',
    ],
    [
      { $schema: DRAFT_07, ...a({ $ref: '#/definitions/b', $id: 'c' }), definitions: { b: text } },
      '#/properties/a/$ref: draft-07 ignores "$id" beside it',
    ],
    [
      { $ref: '#x', $defs: { a: { $anchor: 'x' }, b: { $anchor: 'x' } } },
      '#: reference "#x" resolves to more than one schema',
    ],
    [
      { $schema: 'http://json-schema.org/draft-03/schema#', ...text },
      '#/$schema: "http://json-schema.org/draft-03/schema#" is not a known draft. Write one of "https://json-schema.org/draft/2020-12/schema", ',
    ],
    [
      a({ $schema: DRAFT_04, ...text }),
      '#/properties/a/$schema: a schema has only one draft. Write "$schema" only at the top',
    ],
    [
      {
        $schema: DRAFT_07,
        ...a({ $ref: '#/definitions/b', description: 'b', maxLength: 3 }),
        definitions: { b: text },
      },
      '#/properties/a/$ref: draft-07 ignores "maxLength" beside it. Write "allOf": [{"$ref": …}, {"maxLength": …}]',
    ],
  ])('%j: the error has the path, the reason and what to write', (schema, message) => {
    expect(() => compile(schema)).toThrow(`The schema is invalid at ${message}`);
  });

  it.each<[unknown, string, string]>([
    [
      a({ type: 'number', minimum: 1, exclusiveMinimum: true }),
      'Write the limit as "exclusiveMinimum", in place of "minimum"',
      'draft-04',
    ],
    [{ ...text, id: 'http://example.com/a' }, 'Write "$id"', 'draft-04'],
    [a({ type: 'array', items: [text] }), 'Write "prefixItems" for a list of schemas', '2019-09'],
    [{ type: 'array', items: text, additionalItems: false }, 'Write "items" beside "prefixItems"', '2019-09'],
    [{ $schema: DRAFT_07, type: 'array', prefixItems: [text] }, 'Write "items" with the list', '2020-12'],
    [{ $schema: DRAFT_07, type: 'object', dependentRequired: { a: ['b'] } }, 'Write "dependencies"', '2020-12'],
    [{ $schema: DRAFT_04, ...text, $id: 'http://example.com/a' }, 'Write "id"', '2020-12'],
    [a({ ...text, $id: '#b' }), 'Write "$anchor" for a name inside the schema', 'draft-07'],
  ])('%j: the error has what to write, and the draft of the schema', (schema, instead, draft) => {
    expect(() => compile(schema)).toThrow(`${instead}. It is valid as ${draft}, if it says so: "$schema": "http`);
  });

  it.each([undefined, null, 'text', 5])('%p is not a schema', (schema) => {
    expect(() => compile(schema)).toThrow(
      new TypeError(`Expected schema to be a JSON Schema, got ${schema === null ? 'null' : typeof schema}`),
    );
  });

  it('is refused if it declares the ackId of a message', () => {
    const compile: (schema: never) => unknown = compileValidator;
    expect(() => compile({ type: 'object', properties: { ackId: {} } } as never)).toThrow(
      'The schema is invalid at #/properties/ackId: ackId is reserved',
    );
  });

  it('has the line that compiles it at the top of the stack', () => {
    const [, line] = (() => {
      try {
        return compile({ type: 'strin' });
      } catch (error) {
        return (error as Error).stack?.split('\n');
      }
    })() as string[];
    expect(line).toContain(import.meta.filename);
  });
});

const circularSchema: Record<string, unknown> = { type: 'object' };
circularSchema.properties = { 'a/b': { anyOf: [text, circularSchema] } };
const circularList: unknown[] = [];
circularList.push({ list: circularList });
const red = Symbol('red');

describe('a schema with a value that JSON does not have', () => {
  it.each<[string, unknown, string]>([
    [
      'a circle',
      circularSchema,
      '#/properties/a~1b/anyOf/1: it is the same object as "#", which contains it. Write {"$ref": "#"}',
    ],
    [
      'a circle in an enum',
      { enum: circularList },
      '#/enum/0/list: it is the same object as "#/enum", which contains it',
    ],
    [
      'a BigInt in an enum',
      a({ enum: [1, 5n] }),
      '#/properties/a/enum/1: it is a BigInt, which JSON does not have. Write a number',
    ],
    ['a BigInt as constant', { const: 5n }, '#/const: it is a BigInt'],
    ['a BigInt as draft', { $schema: 5n }, '#/$schema: it is a BigInt'],
    ['a BigInt in a note', { ...text, 'x-note': [{ size: 5n }] }, '#/x-note/0/size: it is a BigInt'],
    [
      'undefined in an enum',
      a({ enum: ['red', undefined] }),
      '#/properties/a/enum/1: it is undefined. Define it, or leave it out',
    ],
    ['a hole in an enum', { enum: new Array(1) }, '#/enum/0: it is undefined'],
    ['undefined in an enum of draft-07', { $schema: DRAFT_07, enum: [undefined] }, '#/enum/0: it is undefined'],
    [
      'a function in an enum',
      { enum: [() => 'red'] },
      '#/enum/0: it is a function, which JSON does not have. Leave it out',
    ],
    ['a symbol as constant', { const: red }, '#/const: it is a symbol, which JSON does not have. Leave it out'],
  ])('is refused for %s, with its path', (_, schema, message) => {
    expect(() => compile(schema)).toThrow(`The schema is invalid at ${message}`);
  });

  it('is accepted if two parts are the same object without a circle', () => {
    const validate = compile({ type: 'object', properties: { a: text, b: text } });
    expect([validate({ a: 'x', b: 'y' }), validate({ a: 'x', b: 5 })]).toEqual([true, false]);
  });
});

describe('the draft that a schema names', () => {
  it.each([
    [DRAFT_07, 'https://json-schema.org/draft-07/schema', 'http://json-schema.org/draft-06/schema#'],
    ['https://json-schema.org/draft/2020-12/schema', 'http://json-schema.org/draft/2020-12/schema#'],
  ])('may be written as %s or %s', (...spellings) => {
    for (const $schema of spellings) {
      const validate = compile({ $schema, ...text, maxLength: 1 });
      expect([validate('a'), validate('ab')]).toEqual([true, false]);
    }
  });

  it('decides the meaning of a keyword that changed', () => {
    const items = [text];
    const old = compile({ $schema: DRAFT_04, type: 'array', items, additionalItems: false });
    const now = compile({ type: 'array', prefixItems: items, items: false });
    for (const validate of [old, now]) expect([validate(['a']), validate(['a', 'b'])]).toEqual([true, false]);
  });
});

/** The compiler checks these: `npm test` fails if a line compiles that should not, or does not compile. */
describe('the type of a validator', () => {
  it('is the type of its schema', () => {
    const validate = compileValidator({ type: 'object', required: ['a'], properties: { a: { type: 'string' } } });
    const data: unknown = { a: 'b' };
    expect(validate(data) && data.a.toUpperCase()).toBe('B');
    // @ts-expect-error no such type
    expect(() => compileValidator({ type: 'strin' })).toThrow('#/type');
  });

  it('is unknown for a schema that names its draft and that TypeScript cannot read', () => {
    const file: { $schema: string; type: string } = JSON.parse(`{ "$schema": "${DRAFT_07}", "type": "string" }`);
    const fileValidator = compileValidator(file);
    const draft4Validator = compileValidator({ $schema: DRAFT_04, type: 'number', minimum: 0, exclusiveMinimum: true });
    expect([fileValidator('a'), fileValidator(1), draft4Validator(1), draft4Validator(0)]).toEqual([
      true,
      false,
      true,
      false,
    ]);
    // @ts-expect-error it does not name its draft
    expect(() => compileValidator({ type: 'number', minimum: 0, exclusiveMinimum: true })).toThrow('exclusiveMinimum');
  });
});
