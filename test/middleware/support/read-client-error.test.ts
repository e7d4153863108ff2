import { describe, expect, it } from '@jest/globals';
import type { Context } from 'aws-lambda';
import { webSocketRoute } from '../../../middleware/web-socket-route.ts';
import { ClientError, type ErrorCode } from '../../../schemas/errors.ts';
import type { WebSocketEvent } from '../../../schemas/web-socket-event.ts';
import { aConnectEvent, aContext, aMessageEvent, fakeServices } from '../../../testing/index.ts';
import { captureLogs } from '../../support/capture-logs.ts';

const broken = (): never => {
  throw new Error('a getter that throws');
};
const revoked = (target: object): unknown => {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
};
const anErrorWith = (properties: PropertyDescriptorMap, error: Error = new Error('odd')): Error =>
  Object.defineProperties(error, properties);
const aRefusalWith = (details: unknown, code: ErrorCode = 'FORBIDDEN'): ClientError =>
  Object.assign(new ClientError(code), { details });
const aCycle = (): Error => {
  const [error, cause] = [new Error('one'), new Error('two')];
  error.cause = cause;
  cause.cause = error;
  return error;
};
const everyTrap = (target: object): object =>
  new Proxy(target, new Proxy({}, { get: () => broken }) as ProxyHandler<object>);
const violation = { path: '/a', rule: 'type', message: '/a must be string' };

/** Thrown values, each with the code that the client receives and the other fields of its frame. */
const ODD: [name: string, thrown: unknown, code?: ErrorCode, frame?: object][] = [
  ['undefined', undefined],
  ['null', null],
  ['false', false],
  ['NaN', Number.NaN],
  ['a bigint', 10n],
  ['an empty text', ''],
  ['a symbol', Symbol('odd')],
  ['a function', () => 'odd'],
  ['a class', class Odd {}],
  ['an object without a prototype', Object.create(null)],
  ['an object that only inherits from Error', Object.create(Error.prototype)],
  ['an array', [new Error('odd')]],
  ['a rejected promise', Promise.reject(new Error('odd')).catch(() => {})],
  ['an object that cannot be made text', { toString: broken, valueOf: broken, toJSON: broken }],
  ['a DOMException', new DOMException('odd', 'AbortError')],
  ['an AggregateError', new AggregateError([undefined, Symbol('odd')], 'odd')],
  ['a revoked proxy of an object', revoked({})],
  ['a revoked proxy of an error', revoked(new Error('odd'))],
  ['a revoked proxy of a function', revoked(() => {})],
  ['a revoked proxy of a ClientError', revoked(new ClientError('FORBIDDEN'))],
  ['a proxy whose every trap throws', everyTrap(new Error('odd'))],
  ['a proxy of a ClientError whose every trap throws', everyTrap(new ClientError('FORBIDDEN'))],
  ['a message that is undefined', anErrorWith({ message: { value: undefined } })],
  ['a message that is a symbol', anErrorWith({ message: { value: Symbol('odd') } })],
  ['a message that is an object', anErrorWith({ message: { value: { slice: 5 } } })],
  ['a message whose getter throws', anErrorWith({ message: { get: broken } })],
  ['a stack that is undefined', anErrorWith({ stack: { value: undefined } })],
  ['a stack that is null', anErrorWith({ stack: { value: null } })],
  ['a stack that is a number', anErrorWith({ stack: { value: 5 } })],
  ['a stack of call sites', anErrorWith({ stack: { value: [{ getFileName: broken }] } })],
  ['a stack whose getter throws', anErrorWith({ stack: { get: broken } })],
  ['a name that is a bigint', anErrorWith({ name: { value: 10n } })],
  ['a name whose getter throws', anErrorWith({ name: { get: broken } })],
  ['a code that cannot be made text', anErrorWith({ code: { value: { toString: broken } } })],
  ['a code whose getter throws', anErrorWith({ code: { get: broken } })],
  ['$metadata that is null', anErrorWith({ $metadata: { value: null } })],
  ['$metadata that is a text', anErrorWith({ $metadata: { value: 'odd' } })],
  ['a status that is a bigint', anErrorWith({ $metadata: { value: { httpStatusCode: 10n } } })],
  ['a status that cannot be made JSON', anErrorWith({ $metadata: { value: { httpStatusCode: { toJSON: broken } } } })],
  ['$metadata whose getter throws', anErrorWith({ $metadata: { get: broken } })],
  ['a statusCode whose getter throws', anErrorWith({ statusCode: { get: broken } })],
  ['a statusCode that is not an integer', anErrorWith({ statusCode: { value: 400.5 } })],
  ['a cause that is the error itself', anErrorWith({ cause: { get: aCycle } })],
  ['causes in a circle', aCycle()],
  ['a cause that is a revoked proxy', new Error('odd', { cause: revoked(new Error('odd')) })],
  ['a cause whose getter throws', anErrorWith({ cause: { get: broken } })],
  ['a frozen error', Object.freeze(new Error('odd'))],
  ['a ClientError whose details are null', aRefusalWith(null), 'FORBIDDEN'],
  ['a ClientError whose details are a text', aRefusalWith('odd'), 'FORBIDDEN'],
  ['a ClientError whose details are a revoked proxy', aRefusalWith(revoked({})), 'FORBIDDEN'],
  [
    'a ClientError whose details throw',
    anErrorWith({ details: { get: broken } }, new ClientError('FORBIDDEN')),
    'FORBIDDEN',
  ],
  [
    'a ClientError with one detail that throws',
    aRefusalWith({
      get fact() {
        return broken();
      },
    }),
    'FORBIDDEN',
  ],
  ['a ClientError with a detail that cannot be made JSON', aRefusalWith({ fact: { toJSON: broken } }), 'FORBIDDEN'],
  [
    'a ClientError with an odd error as detail',
    aRefusalWith({ fact: anErrorWith({ stack: { value: 5 } }) }),
    'FORBIDDEN',
  ],
  [
    'a ClientError with details named like fields of the log',
    aRefusalWith({ level: 1, message: 2, timestamp: 3 }),
    'FORBIDDEN',
  ],
  ['a ClientError whose errors are null', aRefusalWith({ errors: null }), 'FORBIDDEN'],
  ['a ClientError whose errors are a text', aRefusalWith({ errors: 'odd' }), 'FORBIDDEN'],
  ['a ClientError whose errors are an object with a length', aRefusalWith({ errors: { length: 3 } }), 'FORBIDDEN'],
  ['a ClientError whose errors are a list that throws', aRefusalWith({ errors: everyTrap([]) }), 'FORBIDDEN'],
  ['a ClientError whose errors are a revoked proxy', aRefusalWith({ errors: revoked([]) }), 'FORBIDDEN'],
  [
    'a ClientError with odd entries among its errors',
    aRefusalWith({
      errors: [
        undefined,
        null,
        5,
        'text',
        revoked({}),
        {
          get path() {
            return broken();
          },
        },
        violation,
      ],
    }),
    'FORBIDDEN',
    { errors: [violation] },
  ],
  [
    'a ClientError with a violation whose fields are not texts',
    aRefusalWith({ errors: [{ path: 5, rule: Symbol('odd'), message: 'odd' }] }),
    'FORBIDDEN',
    { errors: [{ path: '', rule: '', message: 'odd' }] },
  ],
  [
    'a ClientError with an errors list of four billion holes',
    aRefusalWith({ errors: new Array(2 ** 32 - 1) }),
    'FORBIDDEN',
    { moreErrors: 2 ** 32 - 1 - 1_000 },
  ],
  [
    'a ClientError whose cause is a revoked proxy',
    anErrorWith({ cause: { value: revoked({}) } }, new ClientError('FORBIDDEN')),
    'FORBIDDEN',
  ],
  ['a ClientError with an invalid code', Object.assign(new ClientError('FORBIDDEN'), { code: 'constructor' })],
  ['a ClientError whose code throws', anErrorWith({ code: { get: broken } }, new ClientError('FORBIDDEN'))],
  [
    'a frozen ClientError',
    Object.freeze(aRefusalWith(Object.freeze({ errors: Object.freeze([violation]) }))),
    'FORBIDDEN',
    { errors: [violation] },
  ],
];
const STATUS: Partial<Record<ErrorCode, number>> = { FORBIDDEN: 403, INTERNAL: 500 };

/** Returns the answer of the function. Replaces a rejection, because jest cannot print all of these values. */
const answerTo = (thrown: unknown, event: WebSocketEvent, context: Context): Promise<unknown> =>
  webSocketRoute()
    .handler(() => {
      throw thrown;
    })(event, context)
    .catch(() => 'the function failed');

// `describe.each` receives the names only, because it inspects its values.
describe.each(ODD.map(([name]) => name))('a handler that throws %s', (wanted) => {
  const [, thrown, code = 'INTERNAL', more = {}] = ODD.find(([name]) => name === wanted) ?? [];
  const line = { message: code === 'INTERNAL' ? 'Failed' : 'Refused', requestId: 'r1' };

  it('answers a message with one frame, and logs one line', async () => {
    const services = fakeServices();
    const { logger, lines } = captureLogs();
    const event = aMessageEvent({ connectionId: 'c1', requestId: 'r1' });
    expect(await answerTo(thrown, event, aContext({ services, logger }))).toEqual({ statusCode: 200 });
    expect(services.poster.posted.map(({ data }) => JSON.parse(data))).toEqual([
      { message: expect.any(String), connectionId: 'c1', requestId: 'r1', code, ...more },
    ]);
    expect(lines).toEqual([expect.objectContaining(line)]);
  });

  it('refuses a handshake with a status, and logs one line', async () => {
    const { logger, lines } = captureLogs();
    const event = aConnectEvent({ requestId: 'r1' });
    expect(await answerTo(thrown, event, aContext({ logger }))).toEqual({ statusCode: STATUS[code] });
    expect(lines).toEqual([expect.objectContaining(line)]);
  });
});
