import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type Client, createClient } from '../../../packages/client/client.ts';
import { createMovableClock } from '../../../packages/local/runtime/clock.ts';
import { type RunningExample, runExamples } from '../../examples/run-examples.ts';
import { createPace } from './pace-clock.ts';

const ROUNDS = 1_000;
/** Rounds that run together: each has a room of its own. */
const TOGETHER = 25;
const [MEMBERS, MESSAGES] = [3, 5];
const MINUTE_MS = 60_000;

jest.setTimeout(45 * MINUTE_MS);

const clock = createMovableClock();
let app: RunningExample;
const { WebSocket, sockets, passUntil } = createPace(clock, () => app.run, 3_000);
beforeAll(async () => {
  const faults = ['function:crash=channel-fan-out@30%', 'sqs:duplicate=5%'];
  app = (await runExamples(['rooms'], { clock, faults, pages: 'examples/rooms/page' })).get('rooms') as RunningExample;
}, 2 * MINUTE_MS);
afterAll(() => app?.stop());

/** The texts that a member should have, in any order. */
const TEXTS = Array.from({ length: MESSAGES }, (_, index) => `text ${index}`);

class Member {
  readonly client: Client;
  /** The numbers and texts that the application got, in order. */
  readonly seen: { seq: number | undefined; text: string }[] = [];
  gaps = 0;
  readonly #room: string;

  constructor(user: string, room: string) {
    this.#room = room;
    this.client = createClient({ url: `${app.url}?user=${user}`, runtime: { ...clock, WebSocket } });
    const channel = this.client.channel(room);
    channel.on('message', ({ seq, data }) => this.seen.push({ seq, text: (data as { text: string }).text }));
    channel.on('gap', () => this.gaps++);
  }

  async publish(text: string): Promise<void> {
    await this.client.channel(this.#room).publish({ text });
  }
}

/** Publishes in each room, and cuts every fifth connection meanwhile. */
const chat = async (rooms: readonly Member[][]): Promise<void> => {
  let isPublished = false;
  const publishing = rooms.flatMap((members) =>
    TEXTS.map((text, index) => (members[index % MEMBERS] as Member).publish(text)),
  );
  for (const socket of sockets) if (Math.random() < 0.2) setTimeout(() => socket.close(), Math.random() * 400);
  const published = Promise.all(publishing).then(() => {
    isPublished = true;
  });
  const hasAll = ({ seen }: Member) => seen.length >= MESSAGES;
  await passUntil(() => isPublished && rooms.flat().every(hasAll));
  await published;
};

describe('channels, when the fan-out is killed and connections are cut', () => {
  it('show every subscriber the same numbered messages, none missing, in 1,000 random rounds', async () => {
    for (let first = 0; first < ROUNDS; first += TOGETHER) {
      const rooms = Array.from({ length: TOGETHER }, (_, index) =>
        Array.from({ length: MEMBERS }, (_, member) => new Member(`user${member}`, `room:${first + index}`)),
      );
      await passUntil(() => rooms.flat().every(({ client }) => client.state === 'open'));
      await chat(rooms);
      for (const members of rooms) {
        const [{ seen }] = members as [Member];
        expect(seen.map(({ text }) => text).toSorted()).toEqual(TEXTS);
        expect(seen).toEqual(seen.toSorted((a, b) => (a.seq as number) - (b.seq as number)));
        for (const member of members) expect(member).toMatchObject({ seen, gaps: 0 });
      }
      for (const { client } of rooms.flat()) client.close();
    }
    const crashes = app.events.filter((event) => event.type === 'invocation' && !event.ok);
    expect(crashes.length).toBeGreaterThan(ROUNDS / 5);
  });
});
