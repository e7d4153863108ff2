/**
 * The function in the URI of an integration or authorizer:
 * `arn:aws:apigateway:REGION:lambda:path/2015-03-31/functions/FUNCTION_ARN/invocations`, or the function's ARN itself.
 * A version or alias at its end is left out: there is one version of a function here.
 */
export const invokedFunctionArn = (uri: string | undefined): string | undefined =>
  /(arn:[^:/]+:lambda:[^:/]+:[^:/]+:function:[^:/]+)/.exec(uri ?? '')?.[1];
