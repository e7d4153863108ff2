/** 1 to 128 letters, digits, `-` and `_`: https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-stages.html */
export const isStageName = (name: string): boolean => /^[A-Za-z0-9_-]{1,128}$/.test(name);
