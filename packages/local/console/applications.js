/**
 * @typedef {{ title: string, frameOf: (message: string) => string }} Application A kind of frame for a typed message.
 * @typedef {{ name: string, webSocketUrl: string, routeSelectionExpression: string, routes: { routeKey: string }[] }}
 * Api
 */

/** @type {Application} */
const AS_TYPED = { title: 'Text as typed', frameOf: (message) => message };

/**
 * The applications that this page can talk to, and the frame that each expects for a typed message.
 * @type {Readonly<Record<string, Application>>}
 */
export const APPLICATIONS = {
  chat: { title: 'The chat', frameOf: (message) => JSON.stringify({ action: 'send-message', message }) },
  protected: { title: 'protected', frameOf: (message) => JSON.stringify({ action: 'send-message', message }) },
  polly: { title: 'polly', frameOf: (message) => JSON.stringify({ action: 'send-message', message }) },
  'chat-room': { title: 'chat-room', frameOf: (message) => JSON.stringify({ action: 'onMessage', message }) },
  'single-function': { title: 'single-function', frameOf: (data) => JSON.stringify({ action: 'routeA', data }) },
  'samples-chat': { title: 'samples-chat', frameOf: (data) => JSON.stringify({ action: 'sendMessage', data }) },
  workshop: { title: 'workshop', frameOf: (data) => JSON.stringify({ action: 'sendMessage', data }) },
  reactions: { title: 'reactions', frameOf: (reaction) => JSON.stringify({ action: 'react', reaction }) },
  text: AS_TYPED,
};

/**
 * The routes of an API that this page does not know, each with the frame that selects it: a typed JSON object gives the
 * fields, and any other text becomes `message`.
 * @param {Api} api
 * @returns {Readonly<Record<string, Application>>}
 */
export const routesOf = ({ routeSelectionExpression, routes }) => {
  const [, field] = /^\$\{?request\.body\.([\w-]+)\}?$/.exec(routeSelectionExpression) ?? [];
  const named = field === undefined ? [] : routes.filter(({ routeKey }) => !routeKey.startsWith('$'));
  const entries = named.map(({ routeKey }) => {
    const frameOf = (/** @type {string} */ message) =>
      JSON.stringify({ [String(field)]: routeKey, ...fieldsOf(message) });
    return [routeKey, { title: routeKey, frameOf }];
  });
  return Object.fromEntries([...entries, ['text', AS_TYPED]]);
};

/**
 * Whether an API belongs to an application: it has the route that the application's frames select.
 * @param {Application | undefined} application
 * @param {Api} api
 */
export const isOf = (application, { routes }) => {
  const { action } = application === undefined || application === AS_TYPED ? {} : JSON.parse(application.frameOf(''));
  return routes.some(({ routeKey }) => routeKey === action);
};

/** @param {string} message @returns {object} */
const fieldsOf = (message) => {
  try {
    const fields = JSON.parse(message);
    if (typeof fields === 'object' && fields !== null && !Array.isArray(fields)) return fields;
  } catch {
    // A text, as most people type it.
  }
  return { message };
};
