import type { ProxyResult } from './proxy-result.ts';

/** Of a body, in characters: enough for an error's sentence. */
const MAX_SHOWN = 300;

/** What a function answered in place of success. It may reach no client at all, so the developer reads it here. */
export const describeAnswer = ({ statusCode, body = '' }: ProxyResult): string => {
  const text = body.replace(/\s+/g, ' ');
  const shown = text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
  return `answered ${statusCode}${shown && `: ${shown}`}`;
};
