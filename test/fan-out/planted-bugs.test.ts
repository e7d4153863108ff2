import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { brokenPromises } from './simulation/broken-promises.ts';
import { type Bug, plantBug } from './simulation/plant-bug.ts';
import { scenario } from './simulation/scenario.ts';
import { simulate } from './simulation/simulate.ts';

/** The first of these is what every published system that this project grew from does; all of them have been seen. */
const BUGS: Readonly<Record<string, Bug & { breaks: RegExp }>> = {
  'posts that are not awaited': {
    file: 'fan-out/fan-out-batch.ts',
    from: '    await within(posting.idle(), time.awaitPostsUntil, timekeeper);\n    posting.abandon();\n',
    to: '',
    breaks: /has not received/,
  },
  'the first page of the table only': {
    file: 'fan-out/scan-connections.ts',
    from: 'cursor = page.cursor;',
    to: 'cursor = undefined;',
    breaks: /has not received/,
  },
  'one connection that fails the rest': {
    file: 'fan-out/posting/posting.ts',
    from: 'else this.#retry(connection, verdict);',
    to: 'else for (const lost of [this.#retry(connection, verdict), ...this.#backlog.drain()]) void lost;',
    breaks: /has not received/,
  },
  'the row of the sender deleted instead of the stale one': {
    file: 'fan-out/posting/posting.ts',
    from: 'this.#staleRows.add(connection.connectionId);',
    to: "this.#staleRows.add(ledger.close(() => {}).id.replace('b', 'c'));",
    breaks: /was deleted .*though it lives/,
  },
  'a row deleted while its client connects': {
    file: 'fan-out/posting/judge-post.ts',
    from: "'connecting' : 'stale'",
    to: "'stale' : 'stale'",
    breaks: /was deleted .*though it lives/,
  },
  'what failed sent to everybody again': {
    file: 'fan-out/records/hand-over.ts',
    from: 'content: { connections: segment.connections }',
    to: 'content: {}',
    breaks: /though no record came twice/,
  },
  'a remainder that the queue refused forgotten': {
    file: 'fan-out/records/ledger.ts',
    from: 'this.#failed = true;',
    to: '',
    breaks: /has not received/,
  },
  'a scan that failed given up': {
    file: 'fan-out/scan-connections.ts',
    from: 'remainder.addScan(reason, cursor)',
    to: 'void remainder',
    breaks: /has not received/,
  },
  'posts without an answer taken for delivered': {
    file: 'fan-out/posting/judge-post.ts',
    from: "return 'failed';",
    to: "return 'delivered';",
    breaks: /has not received/,
  },
  'messages of a connection in any order': {
    file: 'fan-out/plan-batch.ts',
    from: 'deliveries.toSorted(bySentAt)',
    to: 'deliveries.slice()',
    breaks: /was posted b\d after b\d/,
  },
  'a connection posted two messages at once': {
    file: 'fan-out/posting/connection-backlog.ts',
    from: 'begun.append(connection);',
    to: 'return connection;',
    breaks: /two messages at once/,
  },
  'connections that the account forgets': {
    file: 'fan-out/posting/pending-connection.ts',
    from: 'ledger.excluded();',
    to: 'void 0;',
    breaks: /do not add up/,
  },
  'attempts without a limit': {
    file: 'fan-out/records/hand-over.ts',
    from: 'attempts: attempts + 1',
    to: 'attempts',
    breaks: /has not drained/,
  },
  'rows of other code taken as they are': {
    file: 'schemas/connection-row.ts',
    from: 'connectedAt: pastSeconds(connectedAt, Math.floor(nowMs / 1_000)),',
    to: 'connectedAt: Number(connectedAt),',
    breaks: /is dead \(connecting\)/,
  },
  'one odd entry that makes a segment unreadable': {
    file: 'schemas/read-broadcast.ts',
    from: 'const [foundAt, foundTtl] = Array.isArray(entry) ? entry : [entry];',
    to: 'const [foundAt, foundTtl] = entry as number[]; if (!foundAt) throw new Error("odd entry");',
    breaks: /odd entry/,
  },
  'a ttl that a segment forgets': {
    file: 'fan-out/records/hand-over.ts',
    from: '[row.connectedAt, row.ttl]',
    to: '[row.connectedAt, 99_999_999_999]',
    breaks: /after its token had expired/,
  },
  'a record failed because one queue refused its rest': {
    file: 'fan-out/records/hand-over.ts',
    from: 'if (fallback && (await this.#insist(fallback, part, this.#answerBy))) return fallback.to;',
    to: '',
    breaks: /though a queue would have taken the rest/,
  },
  'one 413 taken for an answer to everybody': {
    file: 'fan-out/posting/pending-connection.ts',
    from: 'if (delivery.tooLargeFor === undefined)',
    to: 'delivery.tooLarge = true; if (delivery.tooLargeFor === undefined)',
    breaks: /is dead \(too-large\)/,
  },
  'a function without time that begins all the same': {
    file: 'fan-out/fan-out-batch.ts',
    from: 'endsAt - now >= LEAST_MS',
    to: 'endsAt - now >= 0',
    breaks: /had no time and began all the same/,
  },
};

const MINUTE_MS = 60_000;

describe('the properties of the fan-out', () => {
  it.each(Object.entries(BUGS))(
    'catch %s',
    async (_, { breaks, ...bug }) => {
      const engine = await plantBug(bug);
      const found = new Set<string>();
      await fc.check(
        fc.asyncProperty(scenario, async (what) => {
          for (const broken of brokenPromises(await simulate(what, engine))) found.add(broken);
          return ![...found].some((broken) => breaks.test(broken));
        }),
        { numRuns: 400, seed: 1, endOnFailure: true },
      );
      expect([...found]).toContainEqual(expect.stringMatching(breaks));
    },
    MINUTE_MS,
  );
});
