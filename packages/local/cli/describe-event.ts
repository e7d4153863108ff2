import type { FunctionLogEvent, LocalEvent, ReadyEvent } from '../model/local-event.ts';
import { describeLogLine } from './describe-log-line.ts';

/** Formats an event for a person. An event that is not interesting has zero lines. */
export const describeEvent = (
  event: LocalEvent,
  labelOf: (functionName: string) => string,
  now: Date,
): readonly string[] => {
  const at = now.toISOString().slice(11, 23);
  switch (event.type) {
    case 'ready':
      return describeReady(event, labelOf);
    case 'invocation':
      return [`${at}  ${describeInvocation(event, labelOf)}`];
    case 'log':
      return [`${at}  ${labelOf(event.functionName)} | ${describeLogLine(event.line).text}`];
    case 'warning':
    case 'notice':
      return [`${at}  ! ${event.line}`];
    case 'connected':
      return [`${at}  + connected      ${event.connection}`];
    case 'disconnected':
      return [`${at}  - disconnected   ${event.connection} ${event.code} ${printable(event.reason)}`.trimEnd()];
    case 'refused':
      return [`${at}  ! handshake refused with ${event.statusCode}: ${printable(event.why)}`];
    case 'closed':
      return [`${at}  ! closed ${event.connection} with ${event.code}: ${printable(event.why)}`];
    case 'failed':
      return [
        `${at}  ! ${event.routeKey ?? 'a message'} failed for ${event.connection} (${event.requestId}): ${printable(event.why)}`,
      ];
    case 'call-refused':
      return [`${at}  ! ${printable(event.call)} was refused with ${event.statusCode}: ${event.why}`];
    case 'reloaded':
      return [`${at}  ~ ${describeReload(event.functions.map(labelOf))} in ${Math.round(event.durationMs)} ms`];
    case 'queue':
      return [];
  }
};

/** Escapes control characters, which text from a client can contain. */
const printable = (text: string): string =>
  text.replace(/\p{Cc}/gu, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);

const describeReload = (functions: readonly string[]): string =>
  functions.length === 0 ? 'reloaded the stack, no function changed' : `reloaded ${functions.join(', ')}`;

const describeInvocation = (
  event: Extract<FunctionLogEvent, { type: 'invocation' }>,
  labelOf: (functionName: string) => string,
): string => {
  const cause = event.routeKey ?? (event.records === undefined ? '' : `${event.records} of queue`);
  const connection = event.connection === undefined ? '' : ` ${event.connection}`;
  const coldStart = event.coldStart ? `  cold start ${(event.initMs ?? 0).toFixed(0)} ms` : '';
  const failure = event.ok ? '' : `  FAILED ${event.error ?? ''}`;
  return `${cause.padEnd(14)} ${labelOf(event.functionName)}${connection}  ${event.durationMs.toFixed(1)} ms${coldStart}${failure}`;
};

const describeReady = (event: ReadyEvent, labelOf: (functionName: string) => string): string[] => {
  const apis = event.apis.flatMap(({ name, webSocketUrl, connectionsUrl, customDomains, routes }) => [
    '',
    `  ${name}`,
    `    ${webSocketUrl}`,
    `    ${connectionsUrl}/@connections`,
    ...customDomains.map((domain) => `    ${domain}  (send this name as Host)`),
    ...routes.map(
      ({ routeKey, functionName }) =>
        `      ${routeKey.padEnd(16)} ${functionName === undefined ? '(no function)' : labelOf(functionName)}`,
    ),
  ]);
  const parts = [
    ['functions', event.functions.map(labelOf)],
    ['queues', event.queues.map(({ url }) => url)],
    ['tables', event.tables],
  ] as const;
  return [
    `${event.name} ${event.name.includes(', ') ? 'run' : 'runs'} here.`,
    ...apis,
    '',
    ...parts
      .filter(([, names]) => names.length > 0)
      .map(([kind, names]) => `  ${kind.padEnd(10)} ${names.join('\n             ')}`),
    '',
    '  Talk to it:',
    ...event.apis.map(
      ({ webSocketUrl, iamAuthorization }) =>
        `    npx wscat -c ${webSocketUrl}${iamAuthorization ? '  (signed with access key "local", secret "local")' : ''}`,
    ),
    ...(event.page === undefined ? [] : [`    ${event.page} in a browser`]),
    ...(event.tokenUrl === undefined ? [] : [`    curl "${event.tokenUrl}?sub=ada" for a token`]),
    ...(event.reload === undefined ? [] : [`  ${event.reload}`]),
    '  CTRL+C ends it.',
    '',
    ...event.notices.map((line) => `  ! ${line}`),
  ];
};
