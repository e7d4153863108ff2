import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, type YAMLMap } from 'yaml';
import { type Parse, UsageError } from '../../command-line/command.ts';
import { quantity } from '../workload/quantity.ts';
import type { Phase } from '../workload/workload.ts';

const PHASE_FIELDS = ['name', 'duration', 'rate', 'burst', 'connections', 'churn'];

/** `--connections` and `--churn` use these parsers too. */
export const connectionCount = quantity('count', (count) => count >= 2, 'at least 2 (a sender and a receiver)');
export const churn = quantity('shareRate');
const count = quantity('count');
const rate = quantity('rate');
const phaseDuration = quantity('duration', (ms) => ms >= 100, 'at least 100ms');

/** Values from the command line for fields that the first phase does not have. */
export type PhaseDefaults = Pick<Phase, 'connections' | 'churnPerSecond'>;

/**
 * Reads the phases of a scenario, a YAML text such as
 * ```yaml
 * phases:
 *   - { name: warm-up, duration: 10s, rate: 2/s }
 *   - { name: ramp, duration: 30s, rate: 2/s to 20/s, connections: 500 }
 *   - { name: spike, duration: 5s, burst: 50, churn: 2%/s }
 * ```
 * A phase without `connections` or `churn` keeps the value of the phase before it.
 * @param file The file's name, for error messages.
 * @throws {UsageError} if the scenario is invalid. The message has the file, line and path of the first mistake.
 */
export const readScenario = (file: string, text: string, defaults: PhaseDefaults): Phase[] => {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const at = (node: Node | null | undefined): string => `${file}:${lines.linePos(node?.range?.[0] ?? 0).line}`;
  const error = document.errors[0];
  if (error) throw new UsageError(`${file}:${lines.linePos(error.pos[0]).line}: ${error.message.split('\n')[0]}`);
  const root = mapOf(document.contents, at, '', ['phases']);
  const list = root.get('phases', true) as Node | undefined;
  if (!isSeq(list) || list.items.length === 0) {
    throw new UsageError(`${at(list ?? root)}: phases: expected a list with at least one phase.`);
  }
  const phases: Phase[] = [];
  for (const [index, item] of list.items.entries()) {
    const path = `phases[${index}]`;
    const fields = mapOf(item as Node, at, path, PHASE_FIELDS);
    const before = phases[index - 1] ?? defaults;
    phases.push(
      phaseOf(fields, `phase ${index + 1}`, before, (field) => `${at(nodeOf(fields, field))}: ${path}.${field}`),
    );
  }
  return phases;
};

const nodeOf = (fields: YAMLMap, field: string): Node | undefined =>
  (fields.get(field, true) as Node | undefined) ?? fields;

/** Checks that a node is a map with known fields only. */
const mapOf = (
  node: Node | null | undefined,
  at: (node: Node | null | undefined) => string,
  path: string,
  known: readonly string[],
): YAMLMap => {
  if (!isMap(node))
    throw new UsageError(`${at(node)}: ${path || 'the file'}: expected a map with ${known.join(', ')}.`);
  for (const { key } of node.items) {
    const name = isScalar(key) ? String(key.value) : String(key);
    if (!known.includes(name)) {
      const field = path ? `${path}.${name}` : name;
      throw new UsageError(`${at(key as Node)}: ${field} is not a field; known fields: ${known.join(', ')}.`);
    }
  }
  return node;
};

const phaseOf = (fields: YAMLMap, name: string, before: PhaseDefaults, placeOf: (field: string) => string): Phase => {
  const read = (parse: Parse<number>, field: string, otherwise: number): number =>
    fields.has(field) ? parse(String(fields.get(field)), placeOf(field)) : otherwise;
  if (!fields.has('duration'))
    throw new UsageError(`${placeOf('duration')} is missing. Write one such as duration: 30s.`);
  const [rateFrom, rateTo] = fields.has('rate') ? ratesOf(placeOf('rate'), String(fields.get('rate'))) : [0, 0];
  return {
    name: String(fields.get('name') ?? name),
    durationMs: read(phaseDuration, 'duration', 0),
    rateFrom,
    rateTo,
    burst: read(count, 'burst', 0),
    connections: read(connectionCount, 'connections', before.connections),
    churnPerSecond: read(churn, 'churn', before.churnPerSecond),
  };
};

/** Reads a constant rate, `5/s`, or a linear change, `5/s to 50/s`. */
const ratesOf = (place: string, text: string): [from: number, to: number] => {
  const [from = '', to = from] = text.split(/\s+to\s+/);
  return [rate(from, place), rate(to, place)];
};
