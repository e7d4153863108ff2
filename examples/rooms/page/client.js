/**
 * @typedef {{ type: string, channel?: string, seq?: number, data?: any, id?: string, at?: number, joined?: string[],
 *   left?: string[], ackId?: number | string, result?: any, code?: string, message?: string }} Frame
 * @typedef {{ channel: string, code?: string, after?: number, seq?: number, messages?: Frame[], more?: true,
 *   recovered?: boolean }} State
 * @typedef {object} Listeners
 * @property {(frame: Frame) => void} onMessage A message of a channel: in order and once, if the channel has a history.
 * @property {(channel: string, users: string[]) => void} onMembers Who is in a channel.
 * @property {(channel: string) => void} onMissed Messages of the channel were missed and are not kept any more.
 * @property {(state: 'connecting' | 'open') => void} onState
 * @property {(text: string) => void} onRefused The server refused a frame.
 */

/** The server keeps a connection for ten minutes without a message, and shows a lost tail only in an answer. */
const SYNC_EVERY_MS = 7 * 60_000;
const LONGEST_WAIT_MS = 30_000;
/** A post that failed is repeated within two seconds: only a gap that stays is a loss. */
const GAP_WAIT_MS = 2_500;
/** The server knows a `key` for five minutes. */
const RESEND_WITHIN_MS = 4 * 60_000;

/** A channel that this client has joined. */
class Channel {
  /** Whether the server has answered: after a lost connection, a `sync` joins the channel again. */
  isJoined = false;
  /** The number of the last message that was shown. `undefined` until the first answer. @type {number | undefined} */
  position;
  /** Frames that came too early, by number. @type {Map<number, Frame>} */
  early = new Map();
  /** For each user the last number that says whether the user is here. @type {Map<string, { here: boolean, seq: number }>} */
  users = new Map();
}

/**
 * A client of channels: it speaks `fanout.v1`, keeps the position of each channel, and after a lost connection it asks
 * for what it has missed.
 */
export class RoomsClient {
  #url;
  #listeners;
  /** @type {WebSocket | undefined} */
  #socket;
  /** @type {Map<string, Channel>} */
  #channels = new Map();
  /** Frames without an answer yet. @type {Map<number, { frame: object, sentAt: number, repeats: boolean, done: (result: any) => void }>} */
  #unanswered = new Map();
  #lastAckId = 0;
  #failures = 0;
  #isClosed = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {string} url @param {string} user @param {Listeners} listeners */
  constructor(url, user, listeners) {
    this.#url = `${url}?user=${encodeURIComponent(user)}`;
    this.#listeners = listeners;
    this.#connect();
  }

  /** Joins a channel, and shows its newest messages. @param {string} channel @param {{ last?: number, members?: boolean }} [options] */
  join(channel, { last, members = false } = {}) {
    this.#channels.set(channel, new Channel());
    const frame = { action: 'subscribe', channel, ...(last && { last }) };
    this.#ask(frame, (state) => {
      this.#take(state);
      if (members) this.#askMembers(channel);
    });
  }

  /** @param {string} channel */
  leave(channel) {
    this.#channels.delete(channel);
    this.#ask({ action: 'unsubscribe', channel });
  }

  /**
   * Publishes once, also if the frame has to be sent again over another connection.
   * @param {string} channel @param {object} data @param {{ repeats?: boolean }} [options]
   */
  publish(channel, data, { repeats = true } = {}) {
    this.#ask({ action: 'publish', channel, data, key: newKey() }, undefined, repeats);
  }

  close() {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#socket?.close();
  }

  #connect() {
    this.#listeners.onState('connecting');
    const socket = new WebSocket(this.#url, 'fanout.v1');
    this.#socket = socket;
    socket.onopen = () => {
      this.#failures = 0;
      this.#listeners.onState('open');
      this.#resume();
    };
    socket.onmessage = ({ data }) => {
      for (const frame of [JSON.parse(data)].flat()) this.#receive(frame);
    };
    socket.onclose = () => {
      if (this.#isClosed) return;
      this.#listeners.onState('connecting');
      // A random wait, so that not every client comes back at the same moment.
      const waitMs = Math.random() * Math.min(LONGEST_WAIT_MS, 500 * 2 ** this.#failures++);
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#connect(), waitMs);
    };
  }

  /** Asks for what was missed, and sends what had no answer. */
  #resume() {
    const unanswered = [...this.#unanswered];
    this.#unanswered.clear();
    this.#sync();
    for (const [, { frame, sentAt, repeats, done }] of unanswered) {
      const action = /** @type {{ action: string }} */ (frame).action;
      if (['subscribe', 'unsubscribe', 'members'].includes(action)) this.#ask(frame, done);
      else if (repeats && Date.now() - sentAt < RESEND_WITHIN_MS) this.#ask(frame, done, true, sentAt);
      else if (repeats) this.#listeners.onRefused('A message may not have been sent');
    }
    this.#syncLater();
  }

  #syncLater() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#sync();
      this.#syncLater();
    }, SYNC_EVERY_MS);
  }

  #sync(names = [...this.#channels.keys()].filter((name) => this.#channels.get(name)?.isJoined)) {
    if (names.length === 0) return;
    const channels = names.map((channel) => {
      const position = this.#channels.get(channel)?.position;
      return { channel, ...(position !== undefined && { after: position }) };
    });
    this.#ask({ action: 'sync', channels }, (result) => {
      for (const state of result.channels) this.#take(state);
    });
  }

  /** @param {string} channel */
  #askMembers(channel) {
    this.#ask({ action: 'members', channel }, ({ seq, members }) => {
      const { users } = this.#channels.get(channel) ?? new Channel();
      for (const [user, known] of users) if (known.seq <= seq) users.delete(user);
      for (const user of members) if (!users.has(user)) users.set(user, { here: true, seq });
      this.#showMembers(channel);
    });
  }

  /**
   * Sends a frame, now or after the next connect.
   * @param {object} frame @param {(result: any) => void} [done] @param {boolean} [repeats] @param {number} [sentAt]
   */
  #ask(frame, done = () => {}, repeats = false, sentAt = Date.now()) {
    this.#lastAckId += 1;
    this.#unanswered.set(this.#lastAckId, { frame, sentAt, repeats, done });
    if (this.#socket?.readyState === WebSocket.OPEN)
      this.#socket.send(JSON.stringify({ ...frame, ackId: this.#lastAckId }));
  }

  /** @param {Frame} frame */
  #receive(frame) {
    if (frame.type === undefined) return this.#refuse(frame);
    if (frame.type === 'ack') {
      const asked = this.#unanswered.get(Number(frame.ackId));
      this.#unanswered.delete(Number(frame.ackId));
      return asked?.done(frame.result);
    }
    const channel = this.#channels.get(frame.channel ?? '');
    if (!channel || (frame.type !== 'message' && frame.type !== 'presence')) return;
    if (frame.seq === undefined) return this.#show(frame);
    channel.early.set(frame.seq, frame);
    this.#showNext(frame.channel ?? '', channel);
    if (channel.early.size > 0 && channel.position !== undefined) this.#repairLater(frame.channel ?? '', channel);
  }

  /** @param {Frame} frame */
  #refuse({ ackId, code, message }) {
    this.#unanswered.delete(Number(ackId));
    this.#listeners.onRefused(message ?? code ?? 'The server refused the frame');
  }

  /** The state of a channel in an answer. @param {State} state */
  #take({ channel: name, code, seq, after, messages = [], more, recovered }) {
    const channel = this.#channels.get(name);
    if (!channel) return;
    if (code !== undefined) return this.#listeners.onRefused(`${name}: ${code}`);
    channel.isJoined = true;
    if (seq === undefined) return;
    if (recovered === false) {
      if (channel.position !== after) return; // an old answer
      this.#listeners.onMissed(name);
      channel.position = seq;
      for (const frame of messages) this.#show(frame);
    } else {
      for (const frame of messages) if ((frame.seq ?? 0) > (channel.position ?? 0)) this.#show(frame);
      channel.position = Math.max(channel.position ?? 0, seq);
    }
    this.#showNext(name, channel);
    if (more) this.#sync([name]);
  }

  /** Shows the frames that follow the position, and drops what was shown. @param {string} name @param {Channel} channel */
  #showNext(name, channel) {
    if (channel.position === undefined) return; // until the first answer
    for (const seq of channel.early.keys()) if (seq <= channel.position) channel.early.delete(seq);
    for (let next = channel.early.get(channel.position + 1); next; next = channel.early.get(channel.position + 1)) {
      channel.position += 1;
      channel.early.delete(channel.position);
      this.#show(next);
    }
    if (!this.#channels.has(name)) channel.early.clear();
  }

  /** @param {string} name @param {Channel} channel */
  #repairLater(name, channel) {
    const { position } = channel;
    setTimeout(() => {
      if (channel.early.size > 0 && channel.position === position && this.#channels.get(name) === channel)
        this.#sync([name]);
    }, GAP_WAIT_MS);
  }

  /** @param {Frame} frame */
  #show(frame) {
    if (frame.type !== 'presence') return this.#listeners.onMessage(frame);
    const { channel = '', seq = 0, joined = [], left = [] } = frame;
    const users = this.#channels.get(channel)?.users;
    for (const [names, here] of /** @type {const} */ ([
      [joined, true],
      [left, false],
    ]))
      for (const user of names) if ((users?.get(user)?.seq ?? 0) < seq) users?.set(user, { here, seq });
    this.#showMembers(channel);
  }

  /** @param {string} channel */
  #showMembers(channel) {
    const users = [...(this.#channels.get(channel)?.users ?? [])];
    this.#listeners.onMembers(channel, users.flatMap(([user, { here }]) => (here ? [user] : [])).sort());
  }
}

/** `crypto.randomUUID` exists only in pages of https and of this machine. */
const newKey = () => crypto.getRandomValues(new Uint32Array(4)).join('-');
