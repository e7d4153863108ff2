import { CHANNEL, type ChannelWorld } from './channel-world.ts';

/** Throws if a promise of section 5 of the protocol was broken in the run. */
export const checkWorld = (world: ChannelWorld): void => {
  const { table } = world;
  const head = table.heads.get(CHANNEL);
  const log = table.logs.get(CHANNEL) ?? new Map();
  const ids = [...log.values()]
    .filter(({ seq, kind }) => seq <= (head?.seq ?? 0) && kind === 'message')
    .sort((a, b) => a.seq - b.seq)
    .map(({ id }) => id as string);
  for (const own of world.published) {
    const numbered = ids.filter((id) => own.includes(id));
    assertEqual(numbered, own, 'each message of a publisher has one number, in order');
  }
  for (const client of world.clients) {
    if (client.start === undefined) continue;
    if (world.isFaultless)
      assertEqual(client.repairs, 0, `a post or the first answer brings everything to ${client.user}`);
    if (world.isFaultless)
      assertEqual(client.late, [], `a post or the first answer brings everything to ${client.user}`);
    assertEqual(client.gaps, [], `${client.user} is told of no gap`);
    assertEqual(client.position, head?.seq, `${client.user} is current in the end`);
    const expected = [...log.values()]
      .filter(({ seq }) => seq > (client.start as number) && seq <= (head?.seq ?? 0))
      .sort((a, b) => a.seq - b.seq)
      .map(({ seq, id, kind }) => (kind === 'message' ? `${seq} ${id}` : `${seq}`));
    const seen = client.seen.map((frame) => (frame.type === 'message' ? `${frame.seq} ${frame.id}` : `${frame.seq}`));
    assertEqual(seen, expected, `${client.user} sees everything once and in order`);
  }
  if (world.isFaultless) assertEqual([...world.leftBehind], [], 'no subscription is left 40 seconds after $disconnect');
  checkSubscriptions(world);
};

const checkSubscriptions = ({ table, connections }: ChannelWorld): void => {
  const rows = [...(table.subscriptions.get(CHANNEL)?.values() ?? [])];
  const orphans = rows.filter(({ connectionId }) => !connections.get(connectionId)?.isOpen);
  assertEqual(orphans, [], 'no subscription of an ended connection is left');
  const users = [...new Set(rows.map(({ user }) => user))].sort();
  const here = [...(table.marks.get(CHANNEL) ?? [])].filter(([, mark]) => mark.here).map(([user]) => user);
  assertEqual(here.sort(), users, 'who is subscribed is here');
  assertEqual(table.totals.get(CHANNEL)?.count ?? 0, users.length, 'the total counts who is here');
};

const assertEqual = (actual: unknown, expected: unknown, promise: string): void => {
  if (JSON.stringify(actual) !== JSON.stringify(expected))
    throw new Error(`Broken: ${promise}\nexpected ${JSON.stringify(expected)}\nbut got  ${JSON.stringify(actual)}`);
};
