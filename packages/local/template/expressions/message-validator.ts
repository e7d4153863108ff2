import { createRequire } from 'node:module';
import type { Ajv, ValidateFunction } from 'ajv';
import type { ModelValidation } from '../../model/application.ts';
import { parseJson } from './json-path.ts';
import { selectionExpression } from './selection-expression.ts';

/** Why a message is not what its model says, in the model's words alone; `undefined` where it is. */
export type MessageValidator = (body: string) => string | undefined;

/**
 * Compiles the models of a route. A message is validated by the one that it selects, else by `$default`; where there is
 * neither it is invalid. Formats are not checked.
 *
 * @throws {Error} Where the expression is not understood or a model is no JSON Schema of draft 4. The message names it.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-request-validation.html
 */
export const messageValidator = ({ selectionExpression: expression, models }: ModelValidation): MessageValidator => {
  const select = selectionExpression(expression);
  const validators = new Map(Object.entries(models).map(([key, model]) => [key, compile(key, model)]));
  return (body) => {
    const validate = validators.get(select(body) ?? '$default') ?? validators.get('$default');
    if (!validate) return 'it selects none of the models of its route, and there is no $default';
    const message = parseJson(body);
    if (!message) return 'it is no JSON';
    try {
      if (validate(message.value)) return undefined;
    } catch {
      return 'it is nested too deeply for its model';
    }
    const [error] = validate.errors ?? [];
    return `its model says ${error?.schemaPath}: ${error?.message}`;
  };
};

const compile = (key: string, model: object): ValidateFunction => {
  // Not before an API has a model: hardly any has one.
  const { default: AjvDraft4 } = createRequire(import.meta.url)('ajv-draft-04') as { default: typeof Ajv };
  try {
    return new AjvDraft4({ strict: false, validateFormats: false, logger: false }).compile(model);
  } catch (error) {
    throw new Error(`its model for ${key} is no JSON Schema of draft 4: ${(error as Error).message}`);
  }
};
