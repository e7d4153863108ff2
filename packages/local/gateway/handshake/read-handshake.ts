import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import type { WebSocketApi } from '../../model/application.ts';
import type { ApiHosts } from '../api-hosts.ts';
import type { Handshake, NameValues } from '../events/handshake.ts';
import { type RefusedHandshake, refusedHandshake } from './refused-handshake.ts';

/** Longest URL, in characters. https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html */
const MAX_URL_LENGTH = 4_096;
const KEY = /^[+/0-9A-Za-z]{22}==$/;

/** Reads an upgrade request, or refuses it. */
export const readHandshake = (
  { method, url = '', headers, rawHeaders, socket }: IncomingMessage,
  { api, hosts }: { api: WebSocketApi; hosts: ApiHosts },
): Handshake | RefusedHandshake => {
  if (url.length > MAX_URL_LENGTH)
    return refusedHandshake(
      414,
      `the URL has ${url.length} characters: at most ${MAX_URL_LENGTH} are allowed`,
      'URI Too Long',
    );
  const inStage = hosts.stagePath(headers.host, url);
  if (inStage === undefined) {
    return refusedHandshake(
      403,
      `the host ${headers.host} is not this API's, or the path does not lead to a stage`,
      'Forbidden',
    );
  }
  const [path = '', ...search] = inStage.split('?');
  const stage = api.stages.find(({ name }) => path === `/${name}` || path === `/${name}/`);
  if (!stage) return refusedHandshake(403, `the API has no stage at ${path}`, 'Forbidden');
  if (headers.upgrade?.toLowerCase() !== 'websocket' || method !== 'GET') {
    return refusedHandshake(
      426,
      `the request must be GET with Upgrade: websocket, not ${method} with Upgrade: ${headers.upgrade}`,
      'Upgrade Required',
    );
  }
  if (!KEY.test(headers['sec-websocket-key'] ?? ''))
    return refusedHandshake(400, 'Sec-WebSocket-Key is missing or invalid', 'Bad Request');
  if (headers['sec-websocket-version'] !== '13') {
    return refusedHandshake(426, 'the WebSocket version is not 13', 'Upgrade Required', {
      'Sec-WebSocket-Version': '13',
    });
  }
  return {
    stage,
    domainName: hosts.domainName(headers.host),
    headers: pairs(rawHeaders),
    query: [...new URLSearchParams(search.join('?'))],
    sourceIp: sourceIpOf(socket.remoteAddress),
    ...(headers['user-agent'] !== undefined && { userAgent: headers['user-agent'] }),
  };
};

const pairs = (rawHeaders: readonly string[]): NameValues =>
  Array.from({ length: rawHeaders.length / 2 }, (_, index) => [
    rawHeaders[2 * index] as string,
    rawHeaders[2 * index + 1] as string,
  ]);

/** Writes an IPv4 address that came on an IPv6 socket as IPv4, as API Gateway does. */
const sourceIpOf = (remoteAddress = ''): string => {
  const mapped = remoteAddress.replace(/^::ffff:/, '');
  return isIP(mapped) === 4 ? mapped : remoteAddress;
};
