import type { ServerResponse } from 'node:http';
import type { CallAnswer } from './call-answer.ts';
import { newId } from './new-id.ts';

/** Writes a call's answer. `Date` is the run's clock: the SDK corrects its own by it. */
export const answerCall = (
  response: ServerResponse,
  { statusCode, errorType, body = '', contentType = 'application/json' }: CallAnswer,
  nowMs: number,
): void => {
  const headers = ['Date', httpDate(nowMs), 'x-amzn-RequestId', newId()];
  if (statusCode !== 204) headers.push('Content-Length', String(Buffer.byteLength(body)));
  if (body !== '') headers.push('Content-Type', contentType);
  if (errorType !== undefined) headers.push('x-amzn-ErrorType', errorType);
  response.sendDate = false;
  response.writeHead(statusCode, headers);
  response.end(body);
};

let second = 0;
let text = new Date(0).toUTCString();

/** Made once a second: at thousands of posts a second it would cost as much as the answer. */
const httpDate = (nowMs: number): string => {
  const nowSecond = Math.floor(nowMs / 1_000);
  if (nowSecond !== second) {
    second = nowSecond;
    text = new Date(nowMs).toUTCString();
  }
  return text;
};
