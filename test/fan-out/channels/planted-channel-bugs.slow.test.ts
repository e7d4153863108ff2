import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Bug } from '../simulation/plant-bug.ts';
import { loadEngine, loadEngineWithBug } from './simulation/channel-engine.ts';
import { channelPlan, runChannelPlan } from './simulation/channel-plan.ts';
import type { Plan } from './simulation/channel-world.ts';

/** A bug in the source, or in the table, the delay or the client of the simulation. */
interface PlantedBug {
  bug?: Bug;
  plan?: Partial<Plan>;
  endedDelaySeconds?: number;
  breaks: RegExp;
}

const WRITE = 'await writeSubscription(channel, await caller.addChannel(channel), { ...call, presence });';
const APPEND = 'fan-out/channels/append-records.ts';
const BUGS: Readonly<Record<string, PlantedBug>> = {
  'subscriptions that are read through a stale index': {
    plan: { staleIndex: true },
    breaks: /brings everything/,
  },
  'a head that is read before the subscription is written': {
    bug: {
      file: 'middleware/channels/subscriptions.ts',
      from: `  if (!isSubscribed) ${WRITE}
  else if (presence) await repairPresence(channel, call);
  if (!history) return { read: async () => ({ channel }) };
  const head = await readHead(table, channel);`,
      to: `  if (!history) return { read: async () => ({ channel }) };
  const head = await readHead(table, channel);
  if (!isSubscribed) ${WRITE}
  else if (presence) await repairPresence(channel, call);`,
    },
    breaks: /brings everything/,
  },
  'a head that is moved without its condition': {
    plan: { unconditionalHead: true },
    breaks: /of no gap|one number/,
  },
  'records that are recognized by id among the newest only': {
    bug: {
      file: APPEND,
      from: "  const { before = [], fresh = [] } = Object.groupBy(records, ({ source }) =>\n    isAppended(source, head.source) ? 'before' : 'fresh',\n  );",
      to: "  const newest = await table.log(channel, { after: 0, upTo: head.seq, limit: 2, newestFirst: true });\n  const { before = [], fresh = [] } = Object.groupBy(records, ({ source }) =>\n    newest.some((entry) => entry.source === source) ? 'before' : 'fresh',\n  );",
    },
    breaks: /one number/,
  },
  'numbers that are believed above the head': {
    bug: {
      file: 'middleware/channels/read-state.ts',
      from: '    return this.#read({ after, upTo: this.#options.head.seq, limit: PAGE_ENTRIES });',
      to: '    return this.#read({ after, upTo: Number.MAX_SAFE_INTEGER, limit: PAGE_ENTRIES });',
    },
    breaks: /sees everything|is current|of no gap/,
  },
  'a batch that comes again and gets new numbers': {
    bug: { file: APPEND, from: "isAppended(source, head.source) ? 'before' : 'fresh',", to: "'fresh'," },
    breaks: /one number/,
  },
  'an old answer that moves a position back': { plan: { movesBack: true }, breaks: /sees everything/ },
  'a cleanup that runs while a subscribe of the same connection does': {
    endedDelaySeconds: 0,
    breaks: /left 40 seconds after/,
  },
};

const MINUTE_MS = 60_000;

describe('the properties of channels', () => {
  it.each(Object.entries(BUGS))(
    'catch %s',
    async (_, { bug, plan, endedDelaySeconds, breaks }) => {
      const engine = { ...(await (bug ? loadEngineWithBug(bug) : loadEngine())) };
      if (endedDelaySeconds !== undefined) engine.endedDelaySeconds = endedDelaySeconds;
      const broken = new Set<string>();
      await fc.check(
        fc.asyncProperty(channelPlan, async (chosen) => {
          await runChannelPlan({ ...chosen, ...plan }, engine).catch((error: Error) => broken.add(error.message));
          return ![...broken].some((message) => breaks.test(message));
        }),
        { numRuns: 10_000, seed: 1, endOnFailure: true },
      );
      expect([...broken]).toContainEqual(expect.stringMatching(breaks));
    },
    10 * MINUTE_MS,
  );
});
