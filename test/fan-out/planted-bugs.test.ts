import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { brokenPromises } from './simulation/broken-promises.ts';
import { type Bug, plantBug } from './simulation/plant-bug.ts';
import { scenario } from './simulation/scenario.ts';
import { simulate } from './simulation/simulate.ts';

/** The first of these is what every published system that this project grew from does; all of them have been seen. */
const BUGS: Readonly<Record<string, Bug & { breaks: RegExp }>> = {
  'posts that are not awaited': {
    file: 'fan-out-batch.ts',
    from: '  await within(posting.idle(), time.awaitPostsUntil, timekeeper);\n  posting.abandon();\n',
    to: '',
    breaks: /has not received/,
  },
  'the first page of the table only': {
    file: 'scan-connections.ts',
    from: 'cursor = page.cursor;',
    to: 'cursor = undefined;',
    breaks: /has not received/,
  },
  'one connection that fails the rest': {
    file: 'posting.ts',
    from: 'else this.#setBack(connection, delivery, verdict);',
    to: 'else for (this.#setBack(connection, delivery, verdict); this.#waiting.take(now); );',
    breaks: /has not received/,
  },
  'the row of the sender deleted instead of the stale one': {
    file: 'posting.ts',
    from: 'this.#staleRows.add(connection.connectionId);',
    to: "this.#staleRows.add(connection.deliveries[0]?.broadcast.except ?? '');",
    breaks: /was deleted .*though it lives/,
  },
  'a row deleted while its client connects': {
    file: 'judge-post.ts',
    from: "'connecting' : 'stale'",
    to: "'stale' : 'stale'",
    breaks: /was deleted .*though it lives/,
  },
  'what failed sent to everybody again': {
    file: 'remainder.ts',
    from: '{ connections: segment.connections }',
    to: '{}',
    breaks: /though no record came twice/,
  },
  'a remainder that the queue refused forgotten': {
    file: 'remainder.ts',
    from: 'this.#account.failed = true;',
    to: '',
    breaks: /has not received/,
  },
  'a scan that failed given up': {
    file: 'scan-connections.ts',
    from: 'remainder.addScan(reason, cursor)',
    to: 'void remainder',
    breaks: /has not received/,
  },
  'posts without an answer taken for delivered': {
    file: 'judge-post.ts',
    from: "return 'failed';",
    to: "return 'delivered';",
    breaks: /has not received/,
  },
  'messages of a connection in any order': {
    file: 'plan-batch.ts',
    from: 'deliveries.toSorted(bySentAt)',
    to: 'deliveries.slice()',
    breaks: /was posted b\d after b\d/,
  },
  'a connection posted two messages at once': {
    file: 'posting.ts',
    from: 'begun.deliveries = addDeliveries(begun, connection.deliveries);',
    to: 'return connection;',
    breaks: /two messages at once/,
  },
  'connections that the account forgets': {
    file: 'needs-no-post.ts',
    from: 'account.excluded++;',
    to: 'void 0;',
    breaks: /does not add up/,
  },
  'attempts without a limit': {
    file: 'plan-hand-over.ts',
    from: 'attempts: attempts + 1',
    to: 'attempts',
    breaks: /has not drained/,
  },
};

const MINUTE_MS = 60_000;

describe('the properties of the fan-out', () => {
  it.each(Object.entries(BUGS))(
    'catch %s',
    async (_, { breaks, ...bug }) => {
      const fanOut = await plantBug(bug);
      const found = new Set<string>();
      await fc.check(
        fc.asyncProperty(scenario, async (what) => {
          for (const broken of brokenPromises(await simulate(what, fanOut))) found.add(broken);
          return ![...found].some((broken) => breaks.test(broken));
        }),
        { numRuns: 400, seed: 1, endOnFailure: true },
      );
      expect([...found]).toContainEqual(expect.stringMatching(breaks));
    },
    MINUTE_MS,
  );
});
