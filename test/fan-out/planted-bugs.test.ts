import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { brokenPromises } from './simulation/broken-promises.ts';
import { type Bug, plantBug } from './simulation/plant-bug.ts';
import { scenario } from './simulation/scenario.ts';
import { simulate } from './simulation/simulate.ts';

/** Bugs of published systems. All the systems that this project grew from have the first one. */
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
  'a failed connection that drops the rest': {
    file: 'fan-out/posting/posting.ts',
    from: 'else this.#retry(connection, verdict);',
    to: 'else for (const lost of [this.#retry(connection, verdict), ...this.#backlog.drain()]) void lost;',
    breaks: /has not received/,
  },
  'the row of the sender deleted instead of the stale one': {
    file: 'fan-out/posting/posting.ts',
    from: 'this.#staleRows.add(connection.connectionId);',
    to: "this.#staleRows.add(ledger.close(() => {}).id.replace('b', 'c'));",
    breaks: /was deleted .*although it is connected/,
  },
  'a row deleted while its client connects': {
    file: 'fan-out/posting/judge-post.ts',
    from: "'connecting' : 'stale'",
    to: "'stale' : 'stale'",
    breaks: /was deleted .*although it is connected/,
  },
  'failed connections handed over as a whole scan': {
    file: 'fan-out/records/hand-over.ts',
    from: 'content: { connections: segment.connections }',
    to: 'content: {}',
    breaks: /although no record was received twice/,
  },
  'a refused remainder that is forgotten': {
    file: 'fan-out/records/ledger.ts',
    from: 'this.#failed = true;',
    to: '',
    breaks: /has not received/,
  },
  'a failed scan that is given up': {
    file: 'fan-out/scan-connections.ts',
    from: 'remainder.addScan(reason, cursor)',
    to: 'void remainder',
    breaks: /has not received/,
  },
  'posts without an answer counted as delivered': {
    file: 'fan-out/posting/judge-post.ts',
    from: "return 'failed';",
    to: "return 'delivered';",
    breaks: /has not received/,
  },
  'messages of a connection out of order': {
    file: 'fan-out/plan-batch.ts',
    from: 'deliveries.toSorted(bySentAt)',
    to: 'deliveries.slice()',
    breaks: /was posted b\d after b\d/,
  },
  'two messages in flight to one connection': {
    file: 'fan-out/posting/connection-backlog.ts',
    from: 'known.append(connection);',
    to: 'return connection;',
    breaks: /two messages at the same time/,
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
  'rows of other code that are not normalized': {
    file: 'schemas/connections/connection-row.ts',
    from: 'const connectedAt = pastSeconds(stored.connectedAt, Math.floor(nowMs / 1_000));',
    to: 'const connectedAt = Number(stored.connectedAt);',
    breaks: /is dead \(connecting\)/,
  },
  'one invalid entry that makes a segment unreadable': {
    file: 'schemas/read-broadcast.ts',
    from: 'const [storedAt, storedTtl, protocol] = Array.isArray(entry) ? entry : [entry];',
    to: 'const [storedAt, storedTtl, protocol] = entry as number[]; if (!storedAt) throw new Error("invalid entry");',
    breaks: /invalid entry/,
  },
  'a ttl that a segment forgets': {
    file: 'fan-out/records/hand-over.ts',
    from: '[row.connectedAt, row.ttl]',
    to: '[row.connectedAt, 99_999_999_999]',
    breaks: /after its token had expired/,
  },
  'a record that fails because one queue refused its rest': {
    file: 'fan-out/records/hand-over.ts',
    from: 'if (fallback && (await this.#sendRepeatedly(fallback, part, this.#answerBy))) return fallback.to;',
    to: '',
    breaks: /although a queue would have taken the rest/,
  },
  'one 413 that stops the message for all connections': {
    file: 'fan-out/posting/pending-connection.ts',
    from: 'if (delivery.tooLargeFor === undefined)',
    to: 'delivery.tooLarge = true; if (delivery.tooLargeFor === undefined)',
    breaks: /is dead \(too-large\)/,
  },
  'a function that begins without time left': {
    file: 'fan-out/fan-out-batch.ts',
    from: 'endsAt - now >= LEAST_MS',
    to: 'endsAt - now >= 0',
    breaks: /had no time left but began/,
  },
};

const MINUTE_MS = 60_000;

describe('the properties of the fan-out', () => {
  it.each(Object.entries(BUGS))(
    'catch %s',
    async (_, { breaks, ...bug }) => {
      const engine = await plantBug(bug);
      const reports = new Set<string>();
      await fc.check(
        fc.asyncProperty(scenario, async (chosen) => {
          for (const broken of brokenPromises(await simulate(chosen, engine))) reports.add(broken);
          return ![...reports].some((broken) => breaks.test(broken));
        }),
        { numRuns: 400, seed: 1, endOnFailure: true },
      );
      expect([...reports]).toContainEqual(expect.stringMatching(breaks));
    },
    MINUTE_MS,
  );
});
