/**
 * The applications that this page can talk to, and the frame that each expects for a typed message.
 * @type {Readonly<Record<string, { title: string, frameOf: (message: string) => string }>>}
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
  text: { title: 'Text as typed', frameOf: (message) => message },
};
