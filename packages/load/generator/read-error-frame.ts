/**
 * The code of an error frame: the keys of API Gateway's own error frames (`message`, `connectionId`, `requestId`), and
 * ours (`code`) where there is one.
 * @returns The code, or API Gateway's message where there is none; `undefined` for any other text.
 */
export const readErrorFrame = (text: Buffer): string | undefined => {
  if (text[0] !== 123) return undefined; // {
  let frame: Record<string, unknown>;
  try {
    frame = JSON.parse(text.toString());
  } catch {
    return undefined;
  }
  const { message, requestId, code } = frame;
  if (typeof message !== 'string' || typeof requestId !== 'string') return undefined;
  return typeof code === 'string' ? code : message;
};
