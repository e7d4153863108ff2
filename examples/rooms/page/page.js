import { RoomsClient } from './client.js';

/** @param {string} id */
const element = (id) => /** @type {HTMLElement} */ (document.getElementById(id));
/** @param {string} id */
const input = (id) => /** @type {HTMLInputElement} */ (document.getElementById(id));

const MAX_MESSAGES = 500;
const TYPING_MS = 3_000;

/** `?url=wss://…` names the API. By default the local run that serves this page tells it. */
const findUrl = async () => {
  const given = new URLSearchParams(location.search).get('url');
  if (given) return given;
  const stacks = await (await fetch('outputs.json')).json();
  return Object.values(stacks)[0].WebSocketUrl;
};

/** @type {RoomsClient | undefined} */
let client;
let connectedAs = '';
let room = '';
let toldTypingAt = 0;
/** @type {Map<string, number>} */
const typingUntil = new Map();

const showMessage = (/** @type {string} */ text, kind = 'message') => {
  const entry = Object.assign(document.createElement('li'), { textContent: text, className: kind });
  const list = element('messages');
  list.append(entry);
  if (list.childElementCount > MAX_MESSAGES) list.firstElementChild?.remove();
  list.scrollTop = list.scrollHeight;
};

const showTyping = () => {
  const users = [...typingUntil].flatMap(([user, until]) => (until > Date.now() && user !== connectedAs ? [user] : []));
  element('typing').textContent = users.length > 0 ? `${users.join(', ')} is typing …` : '';
};
setInterval(showTyping, 1_000);

const listeners = {
  onMessage: (/** @type {import('./client.js').Frame} */ { channel, data, at = Date.now() }) => {
    if (channel === 'news') {
      element('news').hidden = false;
      element('news').textContent = `News: ${data.title}`;
    } else if (channel === `typing:${room}`) {
      typingUntil.set(data.user, Date.now() + TYPING_MS);
      showTyping();
    } else showMessage(`${new Date(at).toLocaleTimeString()}  ${data.text}`);
  },
  onMembers: (/** @type {string} */ channel, /** @type {string[]} */ users) => {
    if (channel !== `room:${room}`) return;
    const items = users.map((user) => Object.assign(document.createElement('li'), { textContent: user }));
    element('members').replaceChildren(...items);
  },
  onMissed: () => showMessage('Some messages are missing: they are older than the history', 'note'),
  onRefused: (/** @type {string} */ text) => showMessage(text, 'note'),
  onState: (/** @type {'connecting' | 'open'} */ state) => {
    element('status').textContent = state === 'open' ? 'Connected' : 'Connecting …';
    input('text').disabled = false;
  },
};

const enter = async () => {
  const user = input('user').value;
  if (!client || user !== connectedAs) {
    client?.close();
    client = new RoomsClient(await findUrl(), user, listeners);
    client.join('news', { last: 1 });
    connectedAs = user;
  } else if (room) for (const channel of [`room:${room}`, `typing:${room}`]) client.leave(channel);
  room = input('room').value;
  typingUntil.clear();
  for (const id of ['messages', 'members']) element(id).replaceChildren();
  client.join(`room:${room}`, { last: 50, members: true });
  client.join(`typing:${room}`);
  document.title = `${room} – ${user}`;
  input('text').focus();
};

element('entry').addEventListener('submit', (event) => {
  event.preventDefault();
  enter().catch((error) => showMessage(String(error.message), 'note'));
});

element('composer').addEventListener('submit', (event) => {
  event.preventDefault();
  client?.publish(`room:${room}`, { text: `${connectedAs}: ${input('text').value}`.slice(0, 1_000) });
  input('text').value = '';
});

input('text').addEventListener('input', () => {
  if (Date.now() - toldTypingAt < TYPING_MS / 2) return;
  toldTypingAt = Date.now();
  client?.publish(`typing:${room}`, { user: connectedAs }, { repeats: false });
});
