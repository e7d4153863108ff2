import { describe, expect, it } from '@jest/globals';
import { APPLICATIONS, isOf, routesOf } from '../../../../packages/local/console/applications.js';

const api = (routeSelectionExpression: string, ...routeKeys: string[]) => ({
  ...{ name: 'orders', webSocketUrl: 'ws://127.0.0.1:3001/dev', routeSelectionExpression },
  routes: routeKeys.map((routeKey) => ({ routeKey })),
});

describe('the routes of an API that the page does not know', () => {
  const { subscribe, text, ...others } = routesOf(api('${request.body.type}', '$connect', '$default', 'subscribe'));

  it('are the routes that a message selects, and text as typed', () => {
    expect([subscribe?.title, text?.title, Object.keys(others)]).toEqual(['subscribe', 'Text as typed', []]);
  });

  it.each([
    ['hello', { type: 'subscribe', message: 'hello' }],
    ['{"order":5}', { type: 'subscribe', order: 5 }],
    ['[1]', { type: 'subscribe', message: '[1]' }],
  ])('get %s as a frame that selects the route', (typed, frame) => {
    expect(JSON.parse(subscribe?.frameOf(typed) ?? '')).toEqual(frame);
    expect(text?.frameOf(typed)).toBe(typed);
  });

  it('are not guessed from an expression that reads more than one field of the message', () => {
    expect(Object.keys(routesOf(api('$request.body.a.b', 'x')))).toEqual(['text']);
  });
});

it('knows an application by the route of its frames', () => {
  expect(isOf(APPLICATIONS.chat, api('$request.body.action', '$default', 'send-message'))).toBe(true);
  expect(isOf(APPLICATIONS.chat, api('$request.body.action', '$default', 'wave'))).toBe(false);
  expect(isOf(undefined, api('$request.body.action', '$default'))).toBe(false);
});
