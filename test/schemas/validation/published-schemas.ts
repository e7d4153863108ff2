interface PublishedSchema {
  schema: unknown;
  valid: readonly unknown[];
  invalid: readonly unknown[];
}

const DRAFT_04 = 'http://json-schema.org/draft-04/schema#';
const DRAFT_06 = 'http://json-schema.org/draft-06/schema#';
const DRAFT_07 = 'http://json-schema.org/draft-07/schema#';
const DRAFT_2019 = 'https://json-schema.org/draft/2019-09/schema';
const DRAFT_2020 = 'https://json-schema.org/draft/2020-12/schema';

const name = { type: 'string', minLength: 1 };
const UUID = '0e3b8b1e-52a5-4c61-9d2c-6e0a4a3cf7b1';

/** Schemas like published ones, for every draft since 4, with messages that they accept and refuse. */
export const PUBLISHED_SCHEMAS: Readonly<Record<string, PublishedSchema>> = {
  signUp: {
    schema: { type: 'object', required: ['email'], properties: { email: { type: 'string', format: 'email' } } },
    valid: [{ email: 'ada@example.com' }],
    invalid: [{ email: 'ada' }, { email: 5 }, {}, 'ada@example.com'],
  },
  textOrImage: {
    schema: {
      type: 'object',
      properties: { text: { type: 'string' }, image: { type: 'string' } },
      anyOf: [{ required: ['text'] }, { required: ['image'] }],
    },
    valid: [{ text: 'a' }, { image: 'b' }, { text: 'a', image: 'b' }],
    invalid: [{}, { text: 5 }, { caption: 'a' }],
  },
  // Draft 4
  packageManifest: {
    schema: {
      $schema: DRAFT_04,
      id: 'https://schemas.example/package.json',
      title: 'A package',
      type: 'object',
      required: ['name', 'version'],
      definitions: {
        person: {
          type: ['object', 'string'],
          required: ['name'],
          properties: { name: { type: 'string' }, email: { type: 'string', format: 'email' } },
        },
        versions: { type: 'object', additionalProperties: { type: 'string' } },
      },
      properties: {
        name: { type: 'string', maxLength: 214, pattern: '^(@[a-z0-9-~][a-z0-9-._~]*/)?[a-z0-9-~][a-z0-9-._~]*$' },
        version: { type: 'string' },
        author: { $ref: '#/definitions/person', description: 'The author' },
        contributors: { type: 'array', items: { $ref: '#/definitions/person' } },
        dependencies: { $ref: '#/definitions/versions' },
        bin: { oneOf: [{ type: 'string' }, { $ref: '#/definitions/versions' }] },
        private: { type: 'boolean', default: false },
      },
      patternProperties: { '^_': {}, '^dev': { type: 'object' } },
    },
    valid: [
      { name: '@a/b', version: '1.0.0', author: 'Ada', bin: { a: 'b' } },
      { name: 'b', version: '1', contributors: [{ name: 'Ada', email: 'ada@example.com' }], devDependencies: {} },
    ],
    invalid: [
      { name: 'B', version: '1' },
      { name: 'b', version: '1', author: {} },
      { name: 'b', version: '1', dev: 5 },
    ],
  },
  exclusiveRange: {
    schema: {
      $schema: DRAFT_04,
      type: 'object',
      properties: {
        celsius: { type: 'number', minimum: -273.15, exclusiveMinimum: false },
        volume: { type: 'number', minimum: 0, exclusiveMinimum: true, maximum: 100 },
      },
      dependencies: { volume: ['celsius'] },
    },
    valid: [{ celsius: -273.15 }, { celsius: 0, volume: 100 }],
    invalid: [{ celsius: -300 }, { celsius: 0, volume: 0 }, { volume: 5 }],
  },
  calendarEvent: {
    schema: {
      $schema: DRAFT_04,
      description: 'An event of a calendar',
      type: 'object',
      required: ['dtstart', 'summary'],
      properties: {
        dtstart: { type: 'string', format: 'date-time' },
        dtend: { type: 'string', format: 'date-time' },
        summary: { type: 'string' },
        url: { type: 'string', format: 'uri' },
        rdate: { type: 'array', items: { type: 'string', format: 'date' } },
        geo: { type: 'array', items: [{ type: 'number' }, { type: 'number' }], additionalItems: false },
      },
    },
    valid: [
      { dtstart: '2024-02-29T10:00:00Z', summary: 'Lunch', url: 'https://example.com/a?b#c', geo: [1, 2] },
      { dtstart: '2024-02-29T23:59:60+00:00', summary: '', rdate: ['2024-12-31'] },
    ],
    invalid: [
      { dtstart: '2023-02-29T10:00:00Z', summary: 'Lunch' },
      { dtstart: '2024-02-29T10:00:00Z', summary: 'Lunch', url: 'not a url', rdate: ['2024-13-01'] },
      { dtstart: '2024-02-29T10:00:00Z', summary: 'Lunch', geo: [1, 2, 3] },
    ],
  },
  // Draft 6
  card: {
    schema: {
      $schema: DRAFT_06,
      $id: 'http://schemas.example/card',
      type: 'object',
      required: ['familyName', 'givenName'],
      properties: {
        familyName: name,
        givenName: name,
        kind: { const: 'individual' },
        emails: { type: 'array', contains: { type: 'string', format: 'email' }, uniqueItems: true },
        uid: { type: 'string', format: 'uuid' },
        site: { type: 'string', format: 'hostname' },
      },
      propertyNames: { pattern: '^[a-zA-Z]+$' },
      examples: [{ familyName: 'Lovelace', givenName: 'Ada' }],
    },
    valid: [{ familyName: 'L', givenName: 'A', emails: ['a', 'a@example.com'], uid: UUID, site: 'example.com' }],
    invalid: [
      { familyName: 'L' },
      { familyName: 'L', givenName: 'A', kind: 'group', uid: 'x', site: '-a' },
      { familyName: 'L', givenName: 'A', emails: ['a', 'a'] },
      { familyName: 'L', givenName: 'A', 'x-1': 1 },
    ],
  },
  // Draft 7
  geoJsonPoint: {
    schema: {
      $schema: DRAFT_07,
      $id: 'https://schemas.example/Point.json',
      title: 'A GeoJSON point',
      type: 'object',
      required: ['type', 'coordinates'],
      properties: {
        type: { type: 'string', enum: ['Point'] },
        coordinates: { type: 'array', minItems: 2, items: { type: 'number' } },
        bbox: { type: 'array', minItems: 4, items: { type: 'number' } },
      },
    },
    valid: [{ type: 'Point', coordinates: [5.1, 52] }],
    invalid: [
      { type: 'Point', coordinates: [5.1] },
      { type: 'Line', coordinates: [1, '2'] },
    ],
  },
  jsonRpcRequest: {
    schema: {
      $schema: DRAFT_07,
      description: 'A JSON-RPC 2.0 request, or several',
      oneOf: [
        { $ref: '#/definitions/request' },
        { type: 'array', minItems: 1, items: { $ref: '#/definitions/request' } },
      ],
      definitions: {
        request: {
          type: 'object',
          additionalProperties: false,
          required: ['jsonrpc', 'method'],
          properties: {
            jsonrpc: { enum: ['2.0'] },
            method: { type: 'string' },
            id: { type: ['string', 'number', 'null'] },
            params: { type: ['array', 'object'] },
          },
        },
      },
    },
    valid: [{ jsonrpc: '2.0', method: 'a', id: null }, [{ jsonrpc: '2.0', method: 'a', params: [1] }]],
    invalid: [{ jsonrpc: '1.0', method: 'a' }, [], [{ jsonrpc: '2.0' }], { jsonrpc: '2.0', method: 'a', id: {} }],
  },
  order: {
    schema: {
      $schema: DRAFT_07,
      $comment: 'The state decides what else is needed',
      type: 'object',
      required: ['country', 'lines'],
      properties: {
        country: { type: 'string', default: 'NL' },
        zip: { type: 'string' },
        phone: { type: ['string', 'null'], readOnly: true },
        lines: {
          type: 'array',
          minItems: 1,
          items: {
            type: 'object',
            required: ['sku', 'count'],
            properties: { sku: { type: 'string' }, count: { type: 'integer', minimum: 1, multipleOf: 1 } },
          },
        },
        receipt: { type: 'string', contentEncoding: 'base64', contentMediaType: 'application/pdf' },
      },
      if: { properties: { country: { const: 'US' } } },
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema.
      then: { properties: { zip: { pattern: '^[0-9]{5}$' } }, required: ['zip'] },
      else: { not: { required: ['zip'] } },
    },
    valid: [
      { country: 'US', zip: '12345', lines: [{ sku: 'a', count: 1 }] },
      { country: 'NL', phone: null, receipt: 'not base64', lines: [{ sku: 'a', count: 1 }] },
    ],
    invalid: [
      { country: 'US', zip: '1', lines: [{ sku: 'a', count: 1 }] },
      { country: 'US', lines: [{ sku: 'a', count: 1 }] },
      { country: 'NL', zip: '1', lines: [{ sku: 'a', count: 1.5 }] },
    ],
  },
  rootReference: {
    schema: {
      $schema: 'https://json-schema.org/draft-07/schema',
      $ref: '#/definitions/Tree',
      definitions: {
        Tree: {
          type: 'object',
          additionalProperties: false,
          required: ['value'],
          properties: { value: { type: 'string' }, children: { type: 'array', items: { $ref: '#/definitions/Tree' } } },
        },
      },
    },
    valid: [{ value: 'a', children: [{ value: 'b', children: [] }] }],
    invalid: [{ value: 'a', children: [{ value: 5 }] }, { children: [] }],
  },
  schemaOfASchema: {
    schema: { $schema: DRAFT_07, type: 'object', properties: { schema: { $ref: DRAFT_07 } } },
    valid: [{ schema: { type: 'string', minLength: 1 } }, { schema: true }],
    invalid: [{ schema: { type: 'strin' } }, { schema: { minLength: -1 } }],
  },
  // 2019-09
  payment: {
    schema: {
      $schema: DRAFT_2019,
      $id: 'https://schemas.example/payment',
      type: 'object',
      properties: { name: { type: 'string' }, card: { $ref: '#card' }, address: { type: 'string' } },
      dependentRequired: { card: ['address'] },
      dependentSchemas: { name: { properties: { title: { type: 'string' } } } },
      additionalProperties: { type: 'string' },
      $defs: { card: { $anchor: 'card', type: 'string', pattern: '^\\d{16}$' } },
    },
    valid: [{}, { name: 'A', title: 'B' }, { card: '1234567812345678', address: 'here' }],
    invalid: [{ card: '1234567812345678' }, { name: 'A', title: 5 }, { card: '1', address: 'here' }, { more: 1 }],
  },
  tree2019: {
    schema: {
      $schema: DRAFT_2019,
      $id: 'https://schemas.example/tree-2019',
      $recursiveAnchor: true,
      type: 'object',
      properties: { data: true, children: { type: 'array', items: { $recursiveRef: '#' } } },
      unevaluatedProperties: false,
    },
    valid: [{ data: 1, children: [{ data: 2 }] }],
    invalid: [{ children: [{ daat: 2 }] }],
  },
  tuple2019: {
    schema: {
      $schema: DRAFT_2019,
      type: 'array',
      items: [{ type: 'string' }, { type: 'integer' }],
      additionalItems: { type: 'boolean' },
      contains: { const: 1 },
      minContains: 1,
      maxContains: 2,
    },
    valid: [['a', 1, true]],
    invalid: [
      ['a', 2],
      ['a', 1, 'b'],
      [1, 1],
    ],
  },
  // 2020-12
  cloudEvent: {
    schema: {
      $schema: DRAFT_2020,
      description: 'An event of CloudEvents',
      type: 'object',
      required: ['id', 'source', 'specversion', 'type'],
      properties: {
        id: { $ref: '#/$defs/text', description: 'Its name', examples: ['A234-1234-1234'] },
        source: { type: 'string', format: 'uri-reference', minLength: 1 },
        specversion: { $ref: '#/$defs/text', const: '1.0' },
        type: { $ref: '#/$defs/text' },
        time: { type: ['string', 'null'], format: 'date-time', minLength: 1 },
        dataschema: { type: ['string', 'null'], format: 'uri' },
        data: { type: ['object', 'string', 'number', 'array', 'boolean', 'null'] },
        data_base64: { type: ['string', 'null'], contentEncoding: 'base64' },
      },
      $defs: { text: { type: 'string', minLength: 1 } },
    },
    valid: [
      { id: 'a', source: '/a', specversion: '1.0', type: 'b', time: null, data: [] },
      { id: 'a', source: 'urn:x', specversion: '1.0', type: 'b', time: '2024-01-01T00:00:00.5+01:00' },
    ],
    invalid: [
      { id: '', source: '/a', specversion: '1.0', type: 'b' },
      { id: 'a', source: '/a', specversion: '0.3', type: 'b', time: 'today', dataschema: 'x' },
    ],
  },
  row: {
    schema: {
      type: 'array',
      prefixItems: [{ type: 'integer' }, { type: 'string', format: 'date' }],
      items: { enum: ['a', 'b', 3, null, { c: [1] }] },
      minItems: 2,
      contains: { type: 'string' },
    },
    valid: [
      [1, '2024-02-29'],
      [1, '2024-02-29', 'a', null, { c: [1] }],
    ],
    invalid: [[1], [1, '2024-02-30'], [1, '2024-02-29', 'c'], [1.5, '2024-02-29']],
  },
  tree: {
    schema: {
      $schema: DRAFT_2020,
      $id: 'https://schemas.example/tree',
      $dynamicAnchor: 'node',
      type: 'object',
      properties: { data: true, children: { type: 'array', items: { $dynamicRef: '#node' } } },
      unevaluatedProperties: false,
    },
    valid: [{ data: 1, children: [{ data: 2 }] }],
    invalid: [{ children: [{ daat: 2 }] }],
  },
  inheritedNames: {
    schema: {
      type: 'object',
      required: ['toString'],
      properties: { toString: { type: 'string' }, constructor: { type: 'string' } },
    },
    valid: [{ toString: 'a' }],
    invalid: [{}, { toString: 'a', constructor: 5 }],
  },
  tupleOfParts: {
    schema: {
      type: 'array',
      allOf: [{ prefixItems: [{ type: 'string' }] }, { prefixItems: [true, { type: 'integer' }] }],
      unevaluatedItems: false,
    },
    valid: [['a'], ['a', 1]],
    invalid: [['a', 1, 2], [1]],
  },
  extended: {
    schema: {
      allOf: [{ $ref: '#/$defs/base' }, { properties: { size: { minimum: 1 } }, required: ['size'] }],
      unevaluatedProperties: false,
      $defs: {
        base: {
          $id: 'https://schemas.example/base',
          type: 'object',
          properties: { kind: { type: 'string' }, size: { type: 'number' } },
        },
      },
    },
    valid: [{ kind: 'a', size: 1 }],
    invalid: [{ kind: 'a' }, { size: 0 }, { size: 1, more: 1 }, 'text'],
  },
  chatMessage: {
    schema: {
      type: 'object',
      title: 'A chat message of blocks',
      required: ['channel'],
      properties: {
        channel: { type: 'string' },
        text: { type: 'string' },
        thread_ts: { type: 'string', pattern: '^\\d+\\.\\d+$' },
        blocks: {
          type: 'array',
          maxItems: 50,
          items: {
            oneOf: [
              {
                type: 'object',
                required: ['type', 'text'],
                properties: { type: { const: 'section' }, text: { $ref: '#/$defs/text' } },
              },
              { type: 'object', required: ['type'], properties: { type: { const: 'divider' } } },
            ],
          },
        },
      },
      oneOf: [{ required: ['text'] }, { required: ['blocks'] }],
      $defs: {
        text: {
          type: 'object',
          required: ['type', 'text'],
          properties: { type: { enum: ['plain_text', 'mrkdwn'] }, text: { type: 'string', maxLength: 3000 } },
        },
      },
    },
    valid: [
      { channel: 'c', text: 'a' },
      { channel: 'c', blocks: [{ type: 'divider' }, { type: 'section', text: { type: 'mrkdwn', text: '*a*' } }] },
    ],
    invalid: [
      { channel: 'c' },
      { channel: 'c', text: 'a', blocks: [] },
      { channel: 'c', blocks: [{ type: 'section', text: 'a' }] },
      { channel: 'c', text: 'a', thread_ts: '1' },
    ],
  },
  openApiPet: {
    schema: {
      type: 'object',
      description: 'A component of an OpenAPI document',
      required: ['petType', 'id'],
      discriminator: { propertyName: 'petType', mapping: { cat: '#/components/schemas/Cat' } },
      xml: { name: 'Pet' },
      externalDocs: { url: 'https://example.com' },
      'x-internal': true,
      'x-go.name': 'Pet',
      properties: {
        petType: { type: 'string', example: 'cat' },
        id: { type: 'integer', format: 'int64', minimum: 0 },
        age: { type: 'integer', format: 'int32', nullable: true, deprecated: true },
        weight: { type: 'number', format: 'float' },
        photo: { type: 'string', format: 'byte', writeOnly: true },
        secret: { type: 'string', format: 'password' },
      },
      oneOf: [
        { properties: { petType: { const: 'cat' }, indoor: { type: 'boolean' } }, required: ['indoor'] },
        { properties: { petType: { const: 'dog' } } },
      ],
    },
    valid: [
      { petType: 'cat', id: 1, indoor: true, age: null, photo: 'YWJj' },
      { petType: 'dog', id: 1, weight: 2.5 },
    ],
    invalid: [
      { petType: 'cat', id: 1 },
      { petType: 'dog', id: 1, age: 2 ** 31 },
      { petType: 'dog', id: -1, photo: '=' },
    ],
  },
  settings: {
    schema: {
      type: 'object',
      minProperties: 1,
      maxProperties: 3,
      properties: { 'x-y': { type: 'string' }, id: { type: 'string' }, title: { const: { type: 'x' } } },
      patternProperties: {
        '^x-': { maxLength: 3 },
        '^n': { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 9 },
      },
      additionalProperties: { anyOf: [{ type: 'boolean' }, { type: 'string', format: 'ipv4' }] },
      propertyNames: { maxLength: 5 },
    },
    valid: [{ 'x-y': 'abc', n: 5, a: true }, { id: 'a', a: '127.0.0.1' }, { title: { type: 'x' } }],
    invalid: [{}, { 'x-y': 'abcd' }, { n: 0 }, { a: '127.0.0.256' }, { toolong: true }, { title: { type: 'y' } }],
  },
  everyFormat: {
    schema: {
      type: 'object',
      properties: {
        date: { type: 'string', format: 'date' },
        time: { type: 'string', format: 'time' },
        'date-time': { type: 'string', format: 'date-time' },
        'iso-time': { type: 'string', format: 'iso-time' },
        'iso-date-time': { type: 'string', format: 'iso-date-time' },
        duration: { type: 'string', format: 'duration' },
        uri: { type: 'string', format: 'uri' },
        'uri-reference': { type: 'string', format: 'uri-reference' },
        'uri-template': { type: 'string', format: 'uri-template' },
        email: { type: 'string', format: 'email' },
        hostname: { type: 'string', format: 'hostname' },
        ipv4: { type: 'string', format: 'ipv4' },
        ipv6: { type: 'string', format: 'ipv6' },
        regex: { type: 'string', format: 'regex' },
        uuid: { type: 'string', format: 'uuid' },
        'json-pointer': { type: 'string', format: 'json-pointer' },
        'json-pointer-uri-fragment': { type: 'string', format: 'json-pointer-uri-fragment' },
        'relative-json-pointer': { type: 'string', format: 'relative-json-pointer' },
        byte: { type: 'string', format: 'byte' },
        int32: { type: 'number', format: 'int32' },
        int64: { type: 'number', format: 'int64' },
        float: { type: 'number', format: 'float' },
        double: { type: 'number', format: 'double' },
        password: { type: 'string', format: 'password' },
        binary: { type: 'string', format: 'binary' },
      },
    },
    valid: [
      { date: '2024-02-29', time: '10:00:00Z', 'date-time': '2024-02-29T10:00:00Z', 'iso-time': '10:00:00' },
      { 'iso-date-time': '2024-02-29T10:00:00', duration: 'P1DT2H', uri: 'urn:a:b', 'uri-reference': '../a?b#c' },
      { 'uri-template': 'https://a/{b}', email: 'a@b.cd', hostname: 'a.b', ipv4: '1.2.3.4', ipv6: '::1', regex: '^a$' },
      { uuid: UUID, 'json-pointer': '/a/~0', 'json-pointer-uri-fragment': '#/a', 'relative-json-pointer': '1/a' },
      { byte: 'YWJj', int32: 5, int64: 2 ** 40, float: 0.5, double: 0.5, password: 'a', binary: 'b' },
    ],
    invalid: [
      ...[{ date: '2023-02-29' }, { time: '25:00:00Z' }, { time: '10:00:00' }, { 'date-time': '2024-02-29' }],
      ...[{ 'iso-time': '10' }, { 'iso-date-time': 'x' }, { duration: 'P' }, { uri: '/a' }, { 'uri-reference': '\\' }],
      ...[
        { 'uri-template': '{' },
        { email: 'a@' },
        { hostname: '-' },
        { ipv4: '1.2.3' },
        { ipv6: ':' },
        { regex: '(' },
      ],
      ...[{ uuid: 'a' }, { 'json-pointer': 'a' }, { 'json-pointer-uri-fragment': '/a' }],
      ...[{ 'relative-json-pointer': '/a' }, { byte: 'a' }, { int32: 2 ** 31 }, { int64: 0.5 }, { float: 'a' }],
    ],
  },
  anything: { schema: true, valid: [1, null, {}], invalid: [] },
  nothing: { schema: false, valid: [], invalid: [1, null, {}] },
};
