import { APPLICATIONS, isOf, routesOf } from './applications.js';
import { describeClose } from './describe-close.js';
import { readFrame } from './read-frame.js';

/** @template {HTMLElement} T @param {string} id @returns {T} */
const element = (id) => /** @type {T} */ (document.getElementById(id));

const status = element('status');
const log = element('log');
const url = /** @type {HTMLInputElement} */ (element('url'));
const token = /** @type {HTMLInputElement} */ (element('token'));
const application = /** @type {HTMLSelectElement} */ (element('application'));
const message = /** @type {HTMLInputElement} */ (element('message'));
const frame = /** @type {HTMLTextAreaElement} */ (element('frame'));
const [connectButton, disconnectButton, sendButton, infoButton, clearButton] = [
  'connect',
  'disconnect',
  'send',
  'info',
  'clear',
].map((id) => /** @type {HTMLButtonElement} */ (element(id)));

/** Most entries in the log, so that a page that stays open does not grow. */
const MAX_ENTRIES = 1_000;

/** @type {WebSocket | undefined} */
let socket;

/** The kinds of frames that the visitor can choose. */
let applications = APPLICATIONS;

/** Shows text as text: messages of others are never parsed as HTML. */
const show = (
  /** @type {string} */ kind,
  /** @type {string} */ text,
  /** @type {readonly string[]} */ details = [],
) => {
  const entry = document.createElement('li');
  entry.dataset.kind = kind;
  for (const [name, content] of [
    ['kind', kind],
    ['text', text],
  ]) {
    const part = document.createElement('span');
    part.className = /** @type {string} */ (name);
    part.textContent = /** @type {string} */ (content);
    entry.append(part);
  }
  if (details.length) {
    const list = document.createElement('ul');
    list.className = 'detail';
    for (const detail of details) list.append(Object.assign(document.createElement('li'), { textContent: detail }));
    entry.append(list);
  }
  log.append(entry);
  if (log.childElementCount > MAX_ENTRIES) log.firstElementChild?.remove();
  log.scrollTop = log.scrollHeight;
};

const showState = (/** @type {'closed' | 'connecting' | 'open' | 'failed'} */ state, /** @type {string} */ text) => {
  status.dataset.state = state;
  status.textContent = text;
  const open = state === 'open';
  const busy = open || state === 'connecting';
  for (const control of [message, frame, sendButton, infoButton]) if (control) control.disabled = !open;
  for (const control of [url, token, connectButton]) if (control) control.disabled = busy;
  if (disconnectButton) disconnectButton.disabled = !busy;
};

/**
 * A browser cannot send headers. So the token is sent as the second subprotocol, and `$connect` answers with the first.
 */
const open = () => (token.value ? new WebSocket(url.value, ['chat', token.value]) : new WebSocket(url.value));

const connect = () => {
  try {
    socket = open();
  } catch (error) {
    showState('failed', 'Not connected');
    show('failed', error instanceof Error ? error.message : String(error));
    return;
  }
  let opened = false;
  showState('connecting', 'Connecting…');
  socket.addEventListener('open', () => {
    opened = true;
    showState('open', 'Connected');
    show('opened', `Connected to ${url.value}`);
    message.focus();
  });
  socket.addEventListener('message', ({ data }) => {
    const { kind, text, details } = readFrame(String(data));
    show(kind, text, details);
  });
  socket.addEventListener('close', (close) => {
    showState(opened ? 'closed' : 'failed', opened ? 'Closed' : 'Refused, or no answer');
    show('closed', describeClose(close));
    connectButton?.focus();
  });
};

const send = (/** @type {string} */ text) => {
  if (socket?.readyState !== WebSocket.OPEN || text === '') return;
  socket.send(text);
  show('sent', text);
};

const composeFrame = () => {
  frame.value = message.value === '' ? '' : (applications[application.value]?.frameOf(message.value) ?? '');
};

/** `ChatRoom` is the stack of the application `chat-room`. */
const applicationOf = (/** @type {string} */ stackName) => stackName.replace(/\B[A-Z]/g, '-$&').toLowerCase();

const readJson = async (/** @type {string} */ file) => {
  const response = await fetch(file).catch(() => undefined);
  return response?.ok ? response.json().catch(() => undefined) : undefined;
};

const offer = (/** @type {typeof APPLICATIONS} */ offered) => {
  applications = offered;
  application.replaceChildren(...Object.entries(offered).map(([name, { title }]) => new Option(title, name)));
};

/** Offers the routes of an API that the page does not know, and removes the chat's own button. */
const openApi = (/** @type {import('./applications.js').Api} */ api) => {
  offer(routesOf(api));
  element('choice').textContent = 'Route';
  element('title').textContent = api.name;
  document.title = api.name;
  infoButton?.remove();
};

/**
 * Reads the stack and its URL from the `outputs.json` next to the page. The local run serves this file, and
 * `cdk deploy --outputs-file` writes it. The local run also serves `apis.json`, with the routes of every API. Without
 * both, the visitor types the URL.
 */
const readOutputs = async () => {
  const outputs = (await readJson('outputs.json')) ?? {};
  /** @type {import('./applications.js').Api[]} */
  const apis = (await readJson('apis.json')) ?? [];
  const [stackName, values] = Object.entries(outputs).find(([, values]) => values?.WebSocketUrl) ?? ['', {}];
  const webSocketUrl = values.WebSocketUrl ?? apis[0]?.webSocketUrl;
  if (typeof webSocketUrl !== 'string') return;
  const { hostname, port } = new URL(webSocketUrl);
  // An API that checks `Origin` accepts a page only from the host name of its own URL.
  if (location.hostname === 'localhost' && location.port === port && hostname !== 'localhost') {
    location.hostname = hostname;
  }
  url.value = webSocketUrl;
  const name = applicationOf(stackName);
  const apiOf = (/** @type {string} */ chosen) => apis.find((api) => api.webSocketUrl === chosen);
  const api = apiOf(webSocketUrl);
  if (api === undefined || isOf(APPLICATIONS[name], api)) {
    if (name in APPLICATIONS) application.value = name;
    return;
  }
  openApi(api);
  element('urls').append(...apis.map((each) => new Option('', each.webSocketUrl)));
  url.addEventListener('change', () => {
    const chosen = apiOf(url.value);
    if (chosen) openApi(chosen);
  });
};

offer(APPLICATIONS);
message.addEventListener('input', composeFrame);
application.addEventListener('change', composeFrame);
element('connection').addEventListener('submit', (event) => {
  event.preventDefault();
  connect();
});
element('composer').addEventListener('submit', (event) => {
  event.preventDefault();
  send(frame.value);
  message.value = '';
  composeFrame();
  message.focus();
});
frame.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || event.shiftKey) return;
  event.preventDefault();
  /** @type {HTMLFormElement} */ (element('composer')).requestSubmit();
});
disconnectButton?.addEventListener('click', () => socket?.close(1000));
infoButton?.addEventListener('click', () => send('Who am I?'));
clearButton?.addEventListener('click', () => log.replaceChildren());
await readOutputs();
