import type { ErrorObject } from 'ajv';
import type { SchemaViolation } from '../schemas/errors.ts';

/** Ajv's errors as a client reads them: `{"path": "/message", "rule": "type", "message": "/message must be string"}`. */
export const toViolations = (errors: readonly ErrorObject[]): SchemaViolation[] =>
  errors.map(({ instancePath, keyword, message = 'is not valid', params }) => ({
    path: instancePath,
    rule: keyword,
    message: `${instancePath} ${message}${namedIn(keyword, params)}`.trim(),
  }));

/** What Ajv's message leaves out: which field, or which values. */
const namedIn = (keyword: string, params: Readonly<Record<string, unknown>>): string => {
  switch (keyword) {
    case 'additionalProperties':
      return `: ${params.additionalProperty}`;
    case 'const':
      return `: ${JSON.stringify(params.allowedValue)}`;
    case 'enum':
      return `: ${JSON.stringify(params.allowedValues)}`;
    default:
      return '';
  }
};
