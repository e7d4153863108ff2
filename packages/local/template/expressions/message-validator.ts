import { createRequire } from 'node:module';
import type { Ajv, ValidateFunction } from 'ajv';
import type { ModelValidation } from '../../model/application.ts';
import { parseJson } from './json-path.ts';
import { selectionExpression } from './selection-expression.ts';

/** Says why a message is invalid, without quoting the message. Returns `undefined` if the message is valid. */
export type MessageValidator = (body: string) => string | undefined;

/**
 * Compiles the models of a route. A message is validated by the model that it selects, otherwise by `$default`. If
 * there is neither, the message is invalid. Formats are not checked.
 *
 * @throws {Error} naming an unsupported expression, or a model that is not a valid JSON Schema (draft 4).
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-request-validation.html
 */
export const messageValidator = ({ selectionExpression: expression, models }: ModelValidation): MessageValidator => {
  const select = selectionExpression(expression);
  const validators = new Map(Object.entries(models).map(([key, model]) => [key, compile(key, model)]));
  return (body) => {
    const validate = validators.get(select(body) ?? '$default') ?? validators.get('$default');
    if (!validate) return 'it selects none of the models of its route, and there is no $default';
    const message = parseJson(body);
    if (!message) return 'it is not JSON';
    try {
      if (validate(message.value)) return undefined;
    } catch {
      return 'it is nested too deeply for its model';
    }
    const [error] = validate.errors ?? [];
    return `it does not match its model at ${error?.schemaPath}: ${error?.message}`;
  };
};

const compile = (key: string, model: object): ValidateFunction => {
  // Loaded only for an API that has a model, which few have.
  const { default: AjvDraft4 } = createRequire(import.meta.url)('ajv-draft-04') as { default: typeof Ajv };
  try {
    return new AjvDraft4({ strict: false, validateFormats: false, logger: false }).compile(model);
  } catch (error) {
    throw new Error(`its model for ${key} is not a valid JSON Schema (draft 4): ${(error as Error).message}`);
  }
};
