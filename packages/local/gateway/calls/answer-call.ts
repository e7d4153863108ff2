import { type ServerResponse, STATUS_CODES } from 'node:http';
import { newId } from '../events/new-id.ts';
import type { CallAnswer } from './call-answer.ts';
import { KEEP_ALIVE_MS } from './http-limits.ts';

export const answerCall = (response: ServerResponse, answer: CallAnswer, nowMs: number): void => {
  response.sendDate = false;
  response.writeHead(answer.statusCode, answerHeaders(answer, nowMs));
  response.end(answer.body);
};

/** The answer as text for the wire, on a keep-alive connection. */
export const answerText = (answer: CallAnswer, nowMs: number): string => {
  const { statusCode, body = '' } = answer;
  const headers = [
    ...answerHeaders(answer, nowMs),
    'Connection',
    'keep-alive',
    'Keep-Alive',
    `timeout=${KEEP_ALIVE_MS / 1_000}`,
  ];
  let head = `HTTP/1.1 ${statusCode} ${STATUS_CODES[statusCode]}\r\n`;
  for (let index = 0; index < headers.length; index += 2) head += `${headers[index]}: ${headers[index + 1]}\r\n`;
  return `${head}\r\n${body}`;
};

/** Names and values alternate. `Date` follows the run's clock, because the SDK corrects its own clock by it. */
const answerHeaders = (
  { statusCode, errorType, body = '', contentType = 'application/json' }: CallAnswer,
  nowMs: number,
): string[] => {
  const headers = ['Date', httpDate(nowMs), 'x-amzn-RequestId', newId()];
  if (statusCode !== 204) headers.push('Content-Length', String(Buffer.byteLength(body)));
  if (body !== '') headers.push('Content-Type', contentType);
  if (errorType !== undefined) headers.push('x-amzn-ErrorType', errorType);
  return headers;
};

let second = 0;
let text = new Date(0).toUTCString();

/** Formats the date once a second: doing it for each of thousands of posts would cost as much as their answers. */
const httpDate = (nowMs: number): string => {
  const nowSecond = Math.floor(nowMs / 1_000);
  if (nowSecond !== second) {
    second = nowSecond;
    text = new Date(nowMs).toUTCString();
  }
  return text;
};
